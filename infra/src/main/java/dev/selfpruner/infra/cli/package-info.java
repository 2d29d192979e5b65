/** The commands, their options, and how their errors read. */
package dev.selfpruner.infra.cli;
