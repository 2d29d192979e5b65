package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.inspect.RecordedSearch;
import dev.selfpruner.workflows.SearchSpec;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The search of a record once more, with the LLM's recorded answers in place of the LLM. */
final class Replay {
  private Replay() {}

  /**
   * What is to be searched, checked.
   *
   * @param otherwise what may be otherwise than it was
   */
  static SearchSpec of(
      RecordedSearch recorded, SpecChecks checks, UnaryOperator<SearchSpec> otherwise) {
    SearchSpec spec =
        recorded.spec().stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new UserError(
                        "--replay: what was searched is not recorded of %s: it is of an earlier version"
                            .formatted(recorded.workflowId())));
    if (recorded.questions().isEmpty() && !isRecorded(spec.generator(), spec.initialisation())) {
      throw new UserError(
          "--replay: there are no answers of an LLM in the record of %s: give its own options again"
              .formatted(recorded.workflowId()));
    }
    String unused = checks.model(spec.model());
    SearchSpec replay =
        otherwise.apply(
            spec.withGenerators(
                answering(spec.generator(), recorded.key()),
                answering(spec.initialisation(), recorded.key())));
    checks.check(replay);
    return replay;
  }

  /** Whether it was a replay itself, which asked nothing. */
  private static boolean isRecorded(Generator... generators) {
    return Stream.of(generators)
        .anyMatch(generator -> generator instanceof LargeLanguageModel llm && llm.isRecorded());
  }

  /** Where answers were given again already, they are still those of the first. */
  private static Generator answering(Generator generator, String key) {
    return generator instanceof LargeLanguageModel llm && !llm.isRecorded()
        ? llm.answering(key)
        : generator;
  }
}
