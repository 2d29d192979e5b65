package dev.selfpruner.llm.prompt;

import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What became of offspring beside their parents: the best and the worst of them, a line each. */
final class TriedTable {
  /** Half of them from either end, so that a prompt stays short. */
  private static final int MOST = 12;

  private static final int MOST_LAYERS = 3;

  /** Smaller moves would be told as none. */
  private static final double LEAST_MOVE = 0.0005;

  /** Moves that differ by less are as far, in the order of the layers. */
  private static final double FINE = 1e4;

  private TriedTable() {}

  /** Empty where there is nothing to tell. */
  static String of(List<Knowledge.Round> rounds) {
    List<Step> steps = new ArrayList<>();
    for (Knowledge.Round round : rounds) {
      for (Individual child : round.trials().individuals()) {
        steps.add(new Step(parent(child, round.before().individuals()), child));
      }
    }
    List<Step> telling =
        steps.stream()
            .filter(step -> !step.moved().isEmpty())
            .sorted(Comparator.comparingDouble(Step::growth))
            .toList();
    int left = Math.max(MOST / 2, telling.size() - MOST / 2);
    return IntStream.range(0, telling.size())
        .filter(i -> i < MOST / 2 || i >= left)
        .mapToObj(i -> telling.get(i).line())
        .collect(Collectors.joining("\n"));
  }

  /** The nearest of the parents that a child names; of all, where it names none that is there. */
  private static Individual parent(Individual child, List<Individual> before) {
    List<String> named = child.candidate().lineage().parents();
    List<Individual> parents =
        before.stream().filter(each -> named.contains(each.candidate().id())).toList();
    return (parents.isEmpty() ? before : parents)
        .stream()
            .min(Comparator.comparingDouble(each -> new Step(each, child).distance()))
            .orElseThrow();
  }

  private record Step(Individual parent, Individual child) {

    /** How far a layer's rate was moved. */
    double move(int layer) {
      return child.candidate().rates().rates().get(layer)
          - parent.candidate().rates().rates().get(layer);
    }

    double distance() {
      return layers().mapToDouble(layer -> Math.abs(move(layer))).sum();
    }

    /** Logarithm of what the fitness was multiplied by: below 0 is better. */
    double growth() {
      return better() == 0 ? 0.0 : Math.log(child.perplexity() / parent.perplexity());
    }

    /** Layers that were moved most, the farthest first. */
    List<Integer> moved() {
      return layers()
          .filter(layer -> Math.abs(move(layer)) >= LEAST_MOVE)
          .boxed()
          .sorted(
              Comparator.comparingLong(
                  (Integer layer) -> -Math.round(FINE * Math.abs(move(layer)))))
          .limit(MOST_LAYERS)
          .toList();
    }

    String line() {
      String moves =
          moved().stream()
              .map(layer -> "layer %d %s".formatted(layer, points(move(layer))))
              .collect(Collectors.joining(", "));
      double mean = distance() / child.candidate().rates().rates().size();
      return "- %s, %s -> %s, %s: %s (%s on average)"
          .formatted(
              operation(),
              Figures.fitness(parent.perplexity(), "infinite"),
              Figures.fitness(child.perplexity(), "infinite"),
              better() < 0 ? "better" : better() > 0 ? "worse" : "the same",
              moves,
              Figures.format("%.1f", 100 * mean));
    }

    private int better() {
      return Double.compare(child.perplexity(), parent.perplexity());
    }

    private IntStream layers() {
      return IntStream.range(0, child.candidate().rates().rates().size());
    }

    private String operation() {
      Operator operator = child.candidate().lineage().operator();
      return switch (operator) {
        case MUTATE -> "mutation";
        case CROSS_OVER -> "crossover";
        case LEVEL_SWITCH -> "level switch";
        case DESCEND -> "descent";
        case INJECT -> "given by a person";
        case INITIALISE, BASELINE, PROBE -> operator.name().toLowerCase(Locale.ROOT);
      };
    }

    private static String points(double move) {
      return Figures.format("%+.1f", 100 * move);
    }
  }
}
