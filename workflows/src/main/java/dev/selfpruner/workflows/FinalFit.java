package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.TextWindows;
import java.util.List;

/**
 * How the best candidate is fitted once more: by what text can tell of it that the fit hasn't read.
 *
 * @param dampings tried; none where it is carried out as it was compared
 * @param chosenOn text that chooses among them, and the fit that candidates were compared with:
 *     none where nothing is chosen, else one
 * @param note what people are to know of it; empty where all is as it should be
 */
public record FinalFit(List<Double> dampings, List<TextWindows> chosenOn, String note) {
  private static final FinalFit NONE = new FinalFit(List.of(), List.of(), "");

  public FinalFit {
    dampings = List.copyOf(dampings);
    chosenOn = List.copyOf(chosenOn);
  }

  /** By a search's method; none of a search without one. */
  public static FinalFit of(SearchSpec spec) {
    return spec.method().stream().findFirst().map(method -> of(spec, method)).orElse(NONE);
  }

  private static FinalFit of(SearchSpec spec, Method method) {
    if (method.dampings().isEmpty()) {
      return NONE;
    }
    boolean compared = method.compensation() instanceof Compensation.LeastSquares;
    boolean choice = compared || method.dampings().size() > 1;
    if (!method.heldOut().isEmpty() || !choice) {
      return new FinalFit(method.dampings(), method.heldOut(), "");
    }
    if (!spec.searchText().overlaps(spec.calibrationText())) {
      return new FinalFit(
          method.dampings(),
          List.of(spec.searchText()),
          "no text is held out: the final fit is chosen on the windows that are searched on, which it doesn't read itself");
    }
    if (compared) {
      return new FinalFit(
          List.of(),
          List.of(),
          "no text is held out, and the search reads what calibration reads: nothing can tell whether a final fit is better, so the model is written with the fit that candidates are compared with (--held-out-windows, --held-out-text)");
    }
    double middle = method.dampings().stream().sorted().toList().get(method.dampings().size() / 2);
    return new FinalFit(
        List.of(middle),
        List.of(),
        "no text is held out, and the search reads what calibration reads: nothing can tell dampings apart, so the final fit's is the middle one, %s (--held-out-windows, --held-out-text)"
            .formatted(middle));
  }

  /** As searches chose that began before they asked what the fit has read. */
  static FinalFit onSearchText(SearchSpec spec) {
    return new FinalFit(spec.method().get(0).dampings(), List.of(spec.searchText()), "");
  }

  /** Whether there was a choice, and no text to make it on. */
  boolean isBlind() {
    return chosenOn.isEmpty() && !note.isEmpty();
  }
}
