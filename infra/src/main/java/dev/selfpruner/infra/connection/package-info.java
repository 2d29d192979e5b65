/** How Temporal's servers are reached, and the one place where its clients are made. */
package dev.selfpruner.infra.connection;
