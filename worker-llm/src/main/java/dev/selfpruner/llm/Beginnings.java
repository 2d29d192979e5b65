package dev.selfpruner.llm;

import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.llm.chat.ApiKeys;
import dev.selfpruner.llm.chat.EndpointCheck;
import dev.selfpruner.llm.chat.LanguageModel;
import dev.selfpruner.llm.chat.LlmTimeouts;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;

/** What comes before the first candidate: the search is noted, and its LLM has to be there. */
record Beginnings(Artifacts artifacts, ApiKeys keys) {
  /** A list of models takes a second; whoever started the search is still looking. */
  private static final LlmTimeouts TIMEOUTS =
      new LlmTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10));

  void begin(SearchStart start) {
    SearchStart unused =
        artifacts.putIfAbsent(SearchIndex.start(start.workflowId()), start, SearchStart.class);
    if (artifacts.has(SearchIndex.population(start.searchKey(), 0))) {
      return; // under way: its LLM has answered, and may be away for a while
    }
    for (Generator generator : start.generators()) {
      if (generator instanceof LargeLanguageModel llm) {
        require(llm);
      }
    }
  }

  private void require(LargeLanguageModel llm) {
    if (!llm.isRecorded()) {
      var unused = new LanguageModel(llm, keys, TIMEOUTS);
      EndpointCheck.check(llm, keys, TIMEOUTS);
    } else if (!artifacts.has(SearchIndex.transcript(llm.answersOf(), 0, Operator.INITIALISE, 0))) {
      throw ApplicationFailure.newNonRetryableFailure(
          "there is no record of a search %s with answers of an LLM in this store"
              .formatted(llm.answersOf()),
          Proposals.NOT_RECORDED);
    }
  }
}
