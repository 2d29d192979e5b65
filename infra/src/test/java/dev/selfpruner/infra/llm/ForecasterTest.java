package dev.selfpruner.infra.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.llm.LlmForecast.Ending;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.workflows.SearchSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForecasterTest {
  private static final int LAYERS = 10;
  private static final Generator LLM =
      LargeLanguageModel.compatible("http://localhost/v1", "small", 1.0, 160);
  private static final LlmLimits PRICED =
      new LlmLimits(LlmLimits.NO_TOKEN_LIMIT, LlmLimits.NO_COST_LIMIT, List.of(price()));

  @Test
  void asksAsManyQuestionsAsAnswersHoldLists() {
    LlmForecast forecast = forecast(LLM, LLM, PRICED);
    assertThat(forecast.spending().calls()).isEqualTo(2 + 2 * (2 + 1)); // two lists an answer
    assertThat(forecast.spending().outputTokens()).isEqualTo((4 + 2 * (3 + 2)) * 70L);
    assertThat(forecast.spending().cost())
        .isCloseTo(
            price().of(forecast.spending().inputTokens(), forecast.spending().outputTokens()),
            within(1e-12));
    assertThat(forecast.ending()).isEmpty();
    assertThat(forecast.fits()).isTrue();
  }

  @Test
  void promptsGrowWithThePopulationTheyShow() {
    long initialise =
        forecast(new Generator.BuiltIn(), LLM, LlmLimits.NONE).spending().inputTokens() / 2;
    long vary = forecast(LLM, new Generator.Random(), LlmLimits.NONE).spending().inputTokens() / 6;
    assertThat(vary).isGreaterThan(initialise);
  }

  @Test
  void saysWhenLimitsEndTheSearch() {
    long all = forecast(LLM, LLM, PRICED).spending().tokens();
    assertThat(forecast(LLM, LLM, tokens(all)).ending()).isEmpty();
    assertThat(forecast(LLM, LLM, tokens(all - 1)).ending())
        .containsExactly(new Ending("the limit of %,d LLM tokens".formatted(all - 1), 2, 12));
    assertThat(forecast(LLM, LLM, tokens(1)).ending())
        .containsExactly(new Ending("the limit of 1 LLM tokens", 0, 0));
  }

  @Test
  void asksNobodyWhereOperatorsAreBuiltInOrAnswersRecorded() {
    LargeLanguageModel recorded = ((LargeLanguageModel) LLM).answering("0".repeat(64));
    assertThat(
            Forecaster.of(
                spec(new Generator.BuiltIn(), new Generator.Random(), LlmLimits.NONE),
                Models.small(LAYERS)))
        .isEmpty();
    assertThat(Forecaster.of(spec(recorded, recorded, LlmLimits.NONE), Models.small(LAYERS)))
        .isEmpty();
  }

  private static Price price() {
    return new Price(2.0, 8.0);
  }

  private static LlmLimits tokens(long limit) {
    return new LlmLimits(limit, LlmLimits.NO_COST_LIMIT, List.of());
  }

  private static LlmForecast forecast(
      Generator generator, Generator initialisation, LlmLimits limits) {
    return Forecaster.of(spec(generator, initialisation, limits), Models.small(LAYERS))
        .orElseThrow();
  }

  private static SearchSpec spec(Generator generator, Generator initialisation, LlmLimits limits) {
    TextWindows text = new TextWindows("/t", 64, 0, 8, true);
    return new SearchSpec(
        "/models/small",
        0.3,
        1,
        new Evolution(4, 2, 3, 2),
        generator,
        initialisation,
        limits,
        0,
        text,
        text,
        text,
        new Objective.Perplexity(),
        false,
        1);
  }
}
