package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How fast the pruned model is to be, and on what. */
final class LatencyOptions {
  static final String TARGET = "--target-latency";
  static final String DEVICE = "--latency-device";

  /** The one target of a spec that has one. */
  private static final String LATENCY = "/latency/0";

  @Option(
      names = TARGET,
      paramLabel = "TIME",
      converter = LatencyAmount.Converter.class,
      description =
          "Or: what the prefill of --latency-sequences times --latency-tokens tokens may take, such as 12ms, or 80%% of what the dense model takes. Measured block by block before the search.")
  private LatencyAmount target;

  @Option(
      names = DEVICE,
      paramLabel = "NAME",
      description =
          "What --target-latency holds on: a GPU as its driver calls it (nvidia-smi -L), or cpu (default: what computes here; with --no-workers there is none).")
  private String device;

  @Option(
      names = "--latency-sequences",
      paramLabel = "N",
      description = "Sequences that are read at once (default: 1).")
  private Integer sequences;

  @Option(
      names = "--latency-tokens",
      paramLabel = "N",
      description = "Tokens of each of them (default: those of a window that is searched on).")
  private Integer tokens;

  boolean isGiven() {
    return target != null;
  }

  /** Puts what was asked for over a draft; a share of parameters in it has no say then. */
  void override(SpecDraft draft) {
    if (target != null) {
      draft.set("/latency", List.of(target.target()));
      draft.set("/sparsity", 0);
    }
    if (draft.get(LATENCY).isEmpty()) {
      requireAbsent();
      return;
    }
    draft.option(LATENCY + "/device", device);
    draft.option(LATENCY + "/sequences", sequences);
    draft.option(LATENCY + "/tokens", tokens);
  }

  private void requireAbsent() {
    if (Stream.of(device, sequences, tokens).anyMatch(each -> each != null)) {
      throw new UserError(
          "--latency-device, --latency-sequences and --latency-tokens say what %s holds for: give that, too"
              .formatted(TARGET));
    }
  }

  /**
   * Completes a draft whose windows are known.
   *
   * @throws UserError if nobody says on what device the target holds
   */
  static void complete(SpecDraft draft, SpecChecks checks) {
    draft.setDefault("/latency", List.of());
    if (draft.get(LATENCY).isEmpty()) {
      return;
    }
    draft.setDefault("/sparsity", 0);
    draft.setDefault(LATENCY + "/sequences", 1);
    draft.setDefault(LATENCY + "/tokens", draft.number("/searchText/sequenceLength"));
    if (draft.text(LATENCY + "/device").isEmpty()) {
      draft.set(
          LATENCY + "/device",
          checks
              .device()
              .orElseThrow(
                  () ->
                      new UserError(
                          "a latency budget holds on one kind of device, and with --no-workers that is elsewhere: name it with %s, such as \"NVIDIA H100 80GB HBM3\" (nvidia-smi -L) or cpu"
                              .formatted(DEVICE))));
    }
  }
}
