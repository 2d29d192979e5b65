/** What people start: the command line, the embedded stack, and the workers' mains. */
package dev.selfpruner.infra;
