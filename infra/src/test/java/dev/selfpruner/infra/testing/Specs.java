package dev.selfpruner.infra.testing;

import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.workflows.SearchSpec;

/** Searches of nothing that is there. */
public final class Specs {
  private Specs() {}

  public static SearchSpec builtIn() {
    return by(new Generator.BuiltIn(), LlmLimits.NONE);
  }

  public static SearchSpec llm() {
    return llm(LlmLimits.NONE);
  }

  public static SearchSpec llm(LlmLimits limits) {
    return by(LargeLanguageModel.compatible("http://localhost/v1", "small", 1.0, 4_096), limits);
  }

  private static SearchSpec by(Generator generator, LlmLimits limits) {
    return new SearchSpec(
        "/models/dense",
        0.3,
        1,
        Evolution.SMALL,
        generator,
        generator,
        limits,
        0,
        new TextWindows("/texts/c.txt", 2048, 0, 16, true),
        new TextWindows("/texts/c.txt", 2048, 16, 1, true),
        new TextWindows("/texts/wiki.test.raw", 2048, 0, TextWindows.ALL, true),
        new Objective.Perplexity(),
        false,
        1);
  }
}
