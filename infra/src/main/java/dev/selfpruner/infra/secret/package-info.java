/** The last line before a log, a terminal or a workflow's history: secrets don't pass. */
package dev.selfpruner.infra.secret;
