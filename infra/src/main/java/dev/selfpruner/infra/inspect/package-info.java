/** What the store holds of a search: populations, candidates, questions and answers, the bill. */
package dev.selfpruner.infra.inspect;
