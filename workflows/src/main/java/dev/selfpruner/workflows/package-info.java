/** Orchestration: the search and its iterations as Temporal workflows, and nothing else. */
package dev.selfpruner.workflows;
