/** Counts for Prometheus: what Temporal's SDK counts, what ours do, and where they are read. */
package dev.selfpruner.infra.metrics;
