package dev.selfpruner.infra.report;

import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.activities.search.Stage;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.llm.operators.SingleBlocks;
import dev.selfpruner.workflows.FinalFit;
import dev.selfpruner.workflows.SearchSpec;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a search with a method takes at most: each evaluation counted as a whole pass, where
 * candidates that have their first layers in common go through them once.
 *
 * @param sensitivity of the dense model's blocks
 * @param descents probes of the best individuals' neighbours
 * @param selection of all offspring, in stages
 * @param ranking of the last population on held-out text
 * @param fitting of the best, of which every damping is tried
 */
public record SearchEffort(
    Part sensitivity, Part descents, Part selection, Part ranking, Part fitting) {
  /** A descent's candidates, by how far they go. */
  private static final int OF_A_DESCENT = 3;

  /**
   * Some evaluations.
   *
   * @param tokens of all of them together
   */
  public record Part(int evaluations, long tokens) {
    static Part of(int evaluations, int windows, TextWindows text) {
      return new Part(evaluations, (long) evaluations * windows * text.sequenceLength());
    }

    Part plus(Part other) {
      return new Part(evaluations + other.evaluations, tokens + other.tokens);
    }
  }

  /**
   * The effort of a search.
   *
   * @param model that is pruned, of which only the sizes count
   * @param windows of the search text
   * @param heldOut windows of held-out text, counted
   * @param calibrationTokens of the calibration text
   */
  public static SearchEffort of(
      SearchSpec spec,
      Method method,
      PrunableModel model,
      int windows,
      int heldOut,
      long calibrationTokens) {
    TextWindows text = spec.searchText();
    int blocks = model.layers().size() * (method.space() == SearchSpace.BLOCKS ? 2 : 1);
    int descents = Math.min(method.mix().descents(), spec.evolution().iterations());
    int population = spec.evolution().population();
    FinalFit fit = FinalFit.of(spec);
    int dampings = fit.dampings().size();
    long choosing = (long) (heldOut > 0 ? heldOut : windows) * text.sequenceLength();
    return new SearchEffort(
        Part.of(probes(spec, method, model), Math.min(windows, method.probing().windows()), text),
        Part.of(
            descents * (2 * blocks + 1),
            Math.min(windows, method.probing().descentWindows()),
            text),
        selection(spec, method, windows),
        Part.of(heldOut > 0 ? population : 0, heldOut, text),
        new Part(dampings, dampings * calibrationTokens + measuredFits(fit, method) * choosing));
  }

  /** Of the fits that there is a choice among, the search's own is one. */
  private static int measuredFits(FinalFit fit, Method method) {
    int dampings = fit.dampings().size();
    boolean choice = dampings > 0 && !(method.compensation() instanceof Compensation.None);
    return choice ? dampings + 1 : dampings > 1 ? dampings : 0;
  }

  /** Evaluations of candidates and of single blocks. */
  public int evaluations() {
    return sensitivity.evaluations()
        + descents.evaluations()
        + selection.evaluations()
        + ranking.evaluations();
  }

  /** Tokens through pruned models. */
  public long tokens() {
    return sensitivity.tokens()
        + descents.tokens()
        + selection.tokens()
        + ranking.tokens()
        + fitting.tokens();
  }

  private static int probes(SearchSpec spec, Method method, PrunableModel model) {
    return method.probing().windows() == 0
        ? 0
        : new SingleBlocks(model, method.space(), method.probing(), spec.widthMultiple())
            .ofDense()
            .size();
  }

  private static Part selection(SearchSpec spec, Method method, int windows) {
    return IntStream.rangeClosed(0, spec.evolution().iterations())
        .mapToObj(
            iteration ->
                selection(
                    method.stages(),
                    offspring(spec, method, iteration),
                    iteration == 0 ? 0 : spec.evolution().population(),
                    windows,
                    spec.searchText()))
        .reduce(new Part(0, 0), Part::plus);
  }

  private static int offspring(SearchSpec spec, Method method, int iteration) {
    if (iteration == 0) {
      return Math.max(spec.evolution().population(), method.mix().initial());
    }
    boolean descent = iteration <= method.mix().descents();
    boolean llm = spec.generator() instanceof Generator.LargeLanguageModel;
    int generators = spec.evolution().mutations() + spec.evolution().crossovers();
    return (descent ? OF_A_DESCENT : method.mix().levelSwitches())
        + (descent && !llm ? 0 : generators);
  }

  private static Part selection(
      List<Stage> stages, int offspring, int parents, int windows, TextWindows text) {
    Part all = new Part(0, 0);
    int left = offspring;
    for (Stage stage : stages.subList(0, stages.size() - 1)) {
      if (left > stage.survivors()) {
        all = all.plus(Part.of(left, Math.min(windows, stage.windows()), text));
        left = stage.survivors();
      }
    }
    int last = Math.min(windows, stages.get(stages.size() - 1).windows());
    return all.plus(Part.of(left == 0 ? 0 : left + parents, last, text));
  }
}
