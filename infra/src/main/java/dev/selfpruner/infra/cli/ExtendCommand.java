package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.Extension;
import dev.selfpruner.workflows.SpendingView;
import dev.selfpruner.workflows.Stops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code extend}: a running search gets more of what ends it. */
@Command(
    name = "extend",
    sortOptions = false,
    header = "Give a running search more iterations, tokens, evaluations, time, money or patience.",
    description =
        "Every number is added to what the search has, with a + before it or without. Limits that it doesn't have can't be added to. What comes first ends it, and the answer says what may.")
final class ExtendCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SteeringOptions steering = new SteeringOptions();

  @Option(names = "--iterations", paramLabel = "+N", description = "Iterations after its last one.")
  private Integer iterations;

  @Option(
      names = "--max-tokens",
      paramLabel = "+N",
      converter = More.class,
      description = "Tokens that may go through the model, such as +5M.")
  private Long tokens;

  @Option(
      names = "--max-evaluations",
      paramLabel = "+N",
      converter = More.class,
      description = "Evaluations.")
  private Long evaluations;

  @Option(
      names = "--max-time",
      paramLabel = "+TIME",
      converter = Longer.class,
      description = "Time, such as +90m or +2h.")
  private Duration time;

  @Option(
      names = "--max-llm-tokens",
      paramLabel = "+N",
      converter = More.class,
      description = "Tokens of the LLM's prompts and answers.")
  private Long llmTokens;

  @Option(names = "--max-cost", paramLabel = "+USD", description = "US dollars for the LLM.")
  private Double cost;

  @Option(
      names = "--patience",
      paramLabel = "+N",
      description = "Iterations in which no new candidate becomes the best.")
  private Integer patience;

  /** An {@link Amount} with a plus before it. */
  static final class More implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      return new Amount().convert(withoutPlus(value));
    }
  }

  /** A {@link TimeSpan} with a plus before it. */
  static final class Longer implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      return new TimeSpan().convert(withoutPlus(value));
    }
  }

  ExtendCommand(Console console) {
    this.console = console;
  }

  private static String withoutPlus(String value) {
    return value.startsWith("+") ? value.substring(1) : value;
  }

  @Override
  public Integer call() throws InterruptedException {
    Extension more =
        BadInput.refused(
            () ->
                new Extension(
                    iterations,
                    tokens,
                    evaluations,
                    time == null ? null : time.toSeconds(),
                    llmTokens,
                    cost,
                    patience));
    if (more.equals(Extension.NOTHING)) {
      throw new UserError(
          "say what to add: --iterations, --max-tokens, --max-evaluations, --max-time, --max-llm-tokens, --max-cost or --patience");
    }
    return steering.steer(
        console,
        "is extended",
        search -> search.update("extend", more),
        search -> "; " + ending(search.spending()));
  }

  /** More of one thing is of no use where another ends the search: all of them, in words. */
  static String ending(SpendingView allowed) {
    List<String> limits = new ArrayList<>(Stops.reasons(allowed.stopping()));
    LlmLimits llm = allowed.llmLimits();
    if (llm.tokens() < LlmLimits.NO_TOKEN_LIMIT) {
      limits.add(llm.tokenLimit());
    }
    if (llm.cost() < LlmLimits.NO_COST_LIMIT) {
      limits.add(llm.costLimit());
    }
    return "it ends after iteration %d%s"
        .formatted(
            allowed.iterations(),
            limits.isEmpty() ? "" : ", or before it by " + String.join(" or ", limits));
  }
}
