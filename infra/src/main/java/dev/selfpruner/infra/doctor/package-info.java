/** What a machine has for running selfpruner, what it lacks, and what to do about it. */
package dev.selfpruner.infra.doctor;
