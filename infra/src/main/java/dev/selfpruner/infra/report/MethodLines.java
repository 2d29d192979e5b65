package dev.selfpruner.infra.report;

import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Mix;
import dev.selfpruner.activities.search.Probing;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a search goes beyond the published one, in words. */
final class MethodLines {
  private MethodLines() {}

  static List<String> of(Method method) {
    return List.of(
        "space %s, attention by %s, order %s, %s"
            .formatted(
                words(method.space()),
                words(method.attentionUnit()),
                words(method.order()),
                reconstruction(method)),
        "%s, %d descents, %d level switches%s, stages %s"
            .formatted(
                probing(method.probing()),
                method.mix().descents(),
                method.mix().levelSwitches(),
                adaptive(method.mix()),
                stages(method)));
  }

  /** {@code 1:8,4:3}: windows and survivors. */
  static String stages(Method method) {
    return method.stages().stream()
        .map(stage -> "%d:%d".formatted(stage.windows(), stage.survivors()))
        .collect(Collectors.joining(","));
  }

  private static String probing(Probing probing) {
    return probing.windows() == 0
        ? "no sensitivity"
        : "sensitivity at %d levels on %d windows".formatted(probing.levels(), probing.windows());
  }

  private static String adaptive(Mix mix) {
    return mix.adaptive() ? " in shares that follow what survives" : "";
  }

  private static String reconstruction(Method method) {
    String search =
        method.compensation() instanceof Compensation.LeastSquares fit
            ? "least squares (damping %s)".formatted(fit.damping())
            : "no reconstruction";
    return method.dampings().isEmpty()
        ? search
        : "%s, final fit (dampings %s)"
            .formatted(
                search,
                method.dampings().stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
