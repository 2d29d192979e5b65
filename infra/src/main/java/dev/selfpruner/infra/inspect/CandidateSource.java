package dev.selfpruner.infra.inspect;

import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.llm.operators.BuiltInOperators;

/** Who made a candidate. */
public enum CandidateSource {
  LLM,
  /** The built-in operator, where the LLM's answers left candidates missing. */
  IN_ITS_PLACE,
  BUILT_IN,
  RANDOM,
  /** A person. */
  INJECTED;

  static CandidateSource of(Candidate candidate) {
    String source = candidate.lineage().source();
    if (source.equals(BuiltInOperators.SOURCE)) {
      return BUILT_IN;
    }
    if (source.equals(BuiltInOperators.RANDOM_SOURCE)) {
      return RANDOM;
    }
    if (source.equals(BuiltInOperators.INJECTED_SOURCE)) {
      return INJECTED;
    }
    return BuiltInOperators.isStandIn(source) ? IN_ITS_PLACE : LLM;
  }
}
