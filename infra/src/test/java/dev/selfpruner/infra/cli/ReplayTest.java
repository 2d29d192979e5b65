package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.inspect.AskedQuestion;
import dev.selfpruner.infra.inspect.RecordedIteration;
import dev.selfpruner.infra.inspect.RecordedProposal;
import dev.selfpruner.infra.inspect.RecordedSearch;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.llm.Exchange;
import dev.selfpruner.llm.chat.Answer;
import dev.selfpruner.workflows.SearchSpec;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final Exchange ASKED =
      new Exchange(
          "small",
          Exchange.Kind.FIRST,
          "",
          "0".repeat(64),
          "?",
          1,
          new Answer("!", "small", "stop", 1, 2, false),
          0.0,
          List.of());

  @Test
  void aReplayIsReplayedFromTheRecordThatItAnsweredFrom() {
    SearchSpec asked = Specs.llm();
    SearchSpec replay =
        Replay.of(
            recorded(asked, new AskedQuestion(0, Operator.INITIALISE, 0, ASKED)),
            new Anything(),
            UnaryOperator.identity());
    assertThat(((LargeLanguageModel) replay.generator()).answersOf()).isEqualTo(asked.key());

    assertThat(Replay.of(recorded(replay), new Anything(), UnaryOperator.identity()))
        .isEqualTo(replay);
  }

  @Test
  void whatAskedNothingIsNotReplayed() {
    assertThatThrownBy(
            () -> Replay.of(recorded(Specs.builtIn()), new Anything(), UnaryOperator.identity()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there are no answers of an LLM in the record of search-");
  }

  private static RecordedSearch recorded(SearchSpec spec, AskedQuestion... questions) {
    return new RecordedSearch(
        spec.key(),
        spec.workflowId(),
        List.of(
            new SearchStart(
                spec.key(), spec.workflowId(), Json.write(spec), List.of(), spec.limits())),
        List.of(
            new RecordedIteration(
                0,
                List.of(),
                List.of(
                    new RecordedProposal(
                        Operator.INITIALISE, false, List.of(), List.of(questions), "")))),
        List.of(),
        List.of());
  }
}
