package dev.selfpruner.llm;

import dev.selfpruner.activities.KeepAlive;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.llm.chat.ApiKeys;
import dev.selfpruner.llm.chat.ChatFailures;
import dev.selfpruner.llm.chat.EndpointCheck;
import dev.selfpruner.llm.chat.LanguageModel;
import dev.selfpruner.llm.chat.LlmTimeouts;
import dev.selfpruner.llm.prompt.PromptSet;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;

/** What comes before the first candidate: the search is noted, and its LLM has to be there. */
record Beginnings(Artifacts artifacts, ApiKeys keys) {
  /** A list of models takes a second; whoever started the search is still looking. */
  private static final LlmTimeouts TIMEOUTS =
      new LlmTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10));

  void begin(SearchStart start, KeepAlive alive) {
    SearchStart unused =
        artifacts.putIfAbsent(SearchIndex.start(start.workflowId()), start, SearchStart.class);
    if (artifacts.has(SearchIndex.population(start.searchKey(), 0))) {
      return; // under way: its LLM has answered, and may be away for a while
    }
    for (Generator generator : start.generators()) {
      if (generator instanceof LargeLanguageModel llm) {
        require(llm, alive);
      }
    }
  }

  private void require(LargeLanguageModel llm, KeepAlive alive) {
    if (!llm.isRecorded()) {
      requirePossible(llm);
      look(llm, alive);
    } else if (!artifacts.hasAnswers(llm.answersOf())) {
      throw ApplicationFailure.newNonRetryableFailure(
          "there is no record of a search %s with answers of an LLM in this store"
              .formatted(llm.answersOf()),
          Proposals.NOT_RECORDED);
    }
  }

  /** Its prompts have to be there, and its provider has to take the form of answers. */
  private void requirePossible(LargeLanguageModel llm) {
    PromptSet unused = new PromptSets(artifacts).named(llm.prompt());
    LanguageModel.requirePossible(llm);
  }

  private void look(LargeLanguageModel llm, KeepAlive alive) {
    try {
      EndpointCheck.check(llm, keys, TIMEOUTS);
    } catch (ApplicationFailure failure) {
      if (!ChatFailures.RATE_LIMITED.equals(failure.getType())) { // that one is there
        throw Patience.withAnEndpoint(failure, alive);
      }
    }
  }
}
