package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.infra.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How small the pruned model is to be: one of several ways to say it. */
final class SizeOptions {
  @Option(
      names = "--sparsity",
      paramLabel = "SHARE",
      description = "Share of the decoder blocks' parameters to remove, such as 0.3.")
  private Double sparsity;

  @Option(
      names = "--model-sparsity",
      paramLabel = "SHARE",
      description = "Or: share of all parameters to remove, embedding and norms included.")
  private Double modelSparsity;

  @Option(
      names = "--target-parameters",
      paramLabel = "N",
      converter = Amount.class,
      description = "Or: parameters that may stay in the whole model, such as 100M.")
  private Long targetParameters;

  @Option(
      names = "--target-size",
      paramLabel = "SIZE",
      converter = MemorySize.class,
      description =
          "Or: bytes that its weights may have, in the types that the model stores them in, such as 200MiB.")
  private Long targetSize;

  @ArgGroup(exclusive = false)
  private LatencyOptions latency = new LatencyOptions();

  /**
   * Puts what was asked for, as a share of the block parameters, over a draft whose model is
   * checked.
   *
   * @throws UserError if it is asked for in two ways, or nothing that small can be had
   */
  void override(SpecDraft draft, SpecChecks checks) {
    Map<String, Function<ModelSizes, Target.Size>> given = given();
    List<String> ways = new ArrayList<>(given.keySet());
    if (sparsity != null) {
      ways.add(0, "--sparsity");
    }
    if (latency.isGiven()) {
      ways.add(LatencyOptions.TARGET);
    }
    if (ways.size() > 1) {
      throw new UserError(
          "%s say how small the model is to be: give one of them"
              .formatted(String.join(", ", ways)));
    }
    if (!ways.isEmpty() && !latency.isGiven()) {
      draft.set("/latency", List.of()); // whatever a spec says
    }
    draft.option("/sparsity", sparsity);
    given.forEach((option, target) -> draft.set("/sparsity", share(draft, checks, option, target)));
    latency.override(draft);
  }

  /**
   * For a model that is written as large as the dense one.
   *
   * @throws UserError if its weights are to have no more than some bytes
   */
  void requireNoBytes() {
    if (targetSize != null) {
      throw new UserError(
          "--target-size: a padded model's weights have as many bytes as the dense one's: leave --format padded out, or say the size by --sparsity or --target-parameters");
    }
  }

  private Map<String, Function<ModelSizes, Target.Size>> given() {
    Map<String, Function<ModelSizes, Target.Size>> given = new LinkedHashMap<>();
    if (modelSparsity != null) {
      given.put("--model-sparsity", model -> new Target.ModelShare(modelSparsity));
    }
    if (targetParameters != null) {
      given.put("--target-parameters", model -> new Target.Parameters(targetParameters));
    }
    if (targetSize != null) {
      given.put("--target-size", model -> model.ofBytes(targetSize));
    }
    return given;
  }

  private static double share(
      SpecDraft draft, SpecChecks checks, String option, Function<ModelSizes, Target.Size> target) {
    AttentionUnit unit =
        draft
            .value(MethodOptions.METHOD + "/attentionUnit", AttentionUnit.class)
            .orElse(AttentionUnit.QUERY_HEAD);
    ModelSizes model =
        checks.sizes(unit).stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new UserError(
                        "%s needs the model's sizes, and with --no-workers the model is elsewhere: give --sparsity"
                            .formatted(option)));
    try {
      return target
          .apply(model)
          .budget(model.prunable(), model.parameters(), draft.number("/widthMultiple"))
          .sparsity();
    } catch (IllegalArgumentException e) {
      throw new UserError("%s: %s".formatted(option, e.getMessage()), e);
    }
  }
}
