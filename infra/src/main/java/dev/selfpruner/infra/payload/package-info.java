/** What Temporal keeps of a search, encrypted. */
package dev.selfpruner.infra.payload;
