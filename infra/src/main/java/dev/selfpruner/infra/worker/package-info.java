/** Workers: what listens on Temporal's queues. */
package dev.selfpruner.infra.worker;
