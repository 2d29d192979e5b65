/** Whole searches, each in a process of its own, as people run them. */
package dev.selfpruner.infra.endtoend;
