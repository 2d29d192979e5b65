/** Spans of what a process does for a search, sent to an OpenTelemetry collector. */
package dev.selfpruner.infra.tracing;
