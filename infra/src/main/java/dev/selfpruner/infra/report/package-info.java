/** How a search shows itself to people and to machines. */
package dev.selfpruner.infra.report;
