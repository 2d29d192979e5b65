package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Stage;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.SearchSpec;
import java.util.Locale;
import java.util.OptionalInt;

/** What has to hold between the method of a search and its texts. */
final class MethodChecks {
  private MethodChecks() {}

  /**
   * @throws UserError if texts overlap or are too short
   */
  static void check(SearchSpec spec, SpecChecks checks) {
    for (Method method : spec.method()) {
      requireWindows(spec, method, checks);
      for (TextWindows heldOut : method.heldOut()) {
        requireApart(heldOut, spec.searchText(), "the search");
        requireApart(heldOut, spec.calibrationText(), "calibration");
      }
    }
  }

  private static void requireWindows(SearchSpec spec, Method method, SpecChecks checks) {
    OptionalInt searched = searched(spec.searchText(), checks);
    if (searched.isEmpty()) {
      return;
    }
    int there = searched.getAsInt();
    for (Stage stage : method.stages()) {
      requireWindows("--stages", stage.windows(), there, spec.searchText());
    }
    requireWindows("--probe-windows", method.probing().windows(), there, spec.searchText());
    if (method.mix().descents() > 0) {
      requireWindows(
          "--descent-windows", method.probing().descentWindows(), there, spec.searchText());
    }
  }

  private static void requireWindows(String option, int wanted, int there, TextWindows text) {
    if (wanted > there) {
      throw new UserError(
          String.format(
              Locale.ROOT,
              "%s: %,d windows are more than the %,d of %s that are searched on: give fewer, or more --search-windows (a longer text, or less of it for calibration and held out)",
              option,
              wanted,
              there,
              text.path()));
    }
  }

  private static OptionalInt searched(TextWindows text, SpecChecks checks) {
    if (text.windows() != TextWindows.ALL) {
      return OptionalInt.of(text.windows());
    }
    OptionalInt all = checks.windows(text.path(), text.sequenceLength(), text.beginOfSequence());
    return all.isEmpty() ? all : OptionalInt.of(all.getAsInt() - text.firstWindow());
  }

  private static void requireApart(TextWindows heldOut, TextWindows other, String reader) {
    if (heldOut.overlaps(other)) {
      throw new UserError(
          "held-out windows of %s are windows that %s reads: hold out fewer (--held-out-windows), or another text (--held-out-text)"
              .formatted(heldOut.path(), reader));
    }
  }
}
