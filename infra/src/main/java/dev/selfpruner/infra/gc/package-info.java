/** What of a store may go, by policy: the command {@code gc}. */
package dev.selfpruner.infra.gc;
