package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Shares out the windows of texts: what calibration reads comes first, then what candidates are
 * compared on, and what is held out comes from the end. Of a text too short for that, calibration
 * and search read the same windows: more of both measured better than apart, and held-out text
 * still tells what only fits the text that it was fitted to.
 */
record TextDefaults(SpecDraft draft, SpecChecks checks) {
  static final int CALIBRATION_WINDOWS = 128;
  static final int SEARCH_WINDOWS = 64;

  /** Where calibration reads them too. */
  static final int MOST_SHARED_WINDOWS = 128;

  static final int HELD_OUT_WINDOWS = 8;

  /** What people needn't be told is few. */
  private static final int ENOUGH_CALIBRATION_WINDOWS = 64;

  /** Where nobody here can count them. */
  static final int UNCOUNTED_CALIBRATION_WINDOWS = 64;

  /** Where nobody here can count them. */
  static final int UNCOUNTED_SEARCH_WINDOWS = 32;

  /** One of so many of a short text's windows, after calibration, is held out. */
  private static final int HELD_OUT_OF = 4;

  private static final String CALIBRATION = "/calibrationText";
  private static final String SEARCH = "/searchText";
  private static final String HELD_OUT = MethodOptions.METHOD + "/heldOut";

  /**
   * As much of each text as measured best, as far as there is enough.
   *
   * @return what people are told of it
   */
  List<String> complete(HeldOutChoice heldOut) {
    draft.setDefault(SEARCH + "/path", path(CALIBRATION));
    OptionalInt shared = shared();
    List<String> notes =
        shared.isPresent() ? share(shared.getAsInt(), heldOut) : calibrate(heldOut);
    draft.setDefault(SEARCH + "/firstWindow", firstSearchWindow(draft));
    OptionalInt left = left();
    int reserved = reserved(heldOut, left);
    if (left.isPresent() && given().equals(OptionalInt.of(TextWindows.ALL))) {
      draft.set(SEARCH + "/windows", Math.max(1, left.getAsInt() - reserved));
    }
    draft.setDefault(
        SEARCH + "/windows",
        left.isPresent()
            ? Math.max(1, Math.min(SEARCH_WINDOWS, left.getAsInt() - reserved))
            : UNCOUNTED_SEARCH_WINDOWS);
    if (heldOut.isGiven() || draft.get(HELD_OUT).isEmpty()) {
      draft.set(HELD_OUT, heldOut(heldOut, reserved));
    }
    return notes;
  }

  private List<String> calibrate(HeldOutChoice heldOut) {
    if (draft.get(CALIBRATION + "/windows").isPresent()) {
      return List.of();
    }
    OptionalInt total = total(CALIBRATION);
    if (total.isEmpty()) {
      draft.set(CALIBRATION + "/windows", UNCOUNTED_CALIBRATION_WINDOWS);
      return List.of();
    }
    boolean heldOutHere =
        heldOut
            .text()
            .filter(
                text -> checks.text("--held-out-text", text.toString()).equals(path(CALIBRATION)))
            .isPresent();
    int kept = heldOutHere ? heldOut.windows().orElse(HELD_OUT_WINDOWS) : 0;
    int rest = total.getAsInt() - draft.number(CALIBRATION + "/firstWindow") - kept;
    return calibrate(Math.max(1, Math.min(CALIBRATION_WINDOWS, rest)));
  }

  private List<String> calibrate(int windows) {
    draft.set(CALIBRATION + "/windows", windows);
    return windows >= ENOUGH_CALIBRATION_WINDOWS
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "calibrating on %,d windows of %s, which is short: %d are better, and a longer text has them",
                windows,
                path(CALIBRATION),
                CALIBRATION_WINDOWS));
  }

  /**
   * Windows of the text that calibration and search read, from calibration's first one on; empty
   * where they read different ones, it was said which they read, or nobody here can count them.
   */
  private OptionalInt shared() {
    boolean said =
        draft.get(CALIBRATION + "/windows").isPresent()
            || draft.get(SEARCH + "/firstWindow").isPresent();
    boolean alike =
        path(SEARCH).equals(path(CALIBRATION))
            && draft.number(SEARCH + "/sequenceLength")
                == draft.number(CALIBRATION + "/sequenceLength")
            && beginOfSequence(SEARCH) == beginOfSequence(CALIBRATION);
    OptionalInt total = said || !alike ? OptionalInt.empty() : total(CALIBRATION);
    return total.isEmpty()
        ? total
        : OptionalInt.of(total.getAsInt() - draft.number(CALIBRATION + "/firstWindow"));
  }

  /** The search's windows come behind calibration's if there are enough, else as late as may be. */
  private List<String> share(int there, HeldOutChoice heldOut) {
    int most = Math.max(1, there - reserved(heldOut, OptionalInt.of(there)));
    int calibration = Math.min(CALIBRATION_WINDOWS, most);
    OptionalInt given = given();
    boolean apart =
        calibration + (long) given.orElse(SEARCH_WINDOWS) <= most; // never where all are meant
    int search =
        given.isPresent()
            ? given.getAsInt()
            : apart ? SEARCH_WINDOWS : Math.min(MOST_SHARED_WINDOWS, most);
    int first = draft.number(CALIBRATION + "/firstWindow");
    draft.set(SEARCH + "/firstWindow", first + (apart ? calibration : Math.max(0, most - search)));
    draft.setDefault(SEARCH + "/windows", search);
    return calibrate(calibration);
  }

  /** Holds out what was asked for, and nothing else. */
  void holdOut(HeldOutChoice heldOut) {
    if (heldOut.isGiven()) {
      draft.set(HELD_OUT, heldOut(heldOut, reserved(heldOut, left())));
    }
  }

  /** Windows of the search text; empty where all are meant and nobody here can count them. */
  OptionalInt searchWindows() {
    int windows = draft.number(SEARCH + "/windows");
    return windows == TextWindows.ALL ? left() : OptionalInt.of(windows);
  }

  /** The first window of the search text that calibration does not read. */
  static int firstSearchWindow(SpecDraft draft) {
    Optional<String> searched = draft.text(SEARCH + "/path");
    if (!searched.equals(draft.text(CALIBRATION + "/path"))) {
      return 0;
    }
    if (draft.number(CALIBRATION + "/windows") == TextWindows.ALL) {
      throw new UserError(
          "calibration reads the whole of %s, nothing is left to search on: give fewer --calibration-windows, or another --search-text"
              .formatted(searched.orElseThrow()));
    }
    return firstAfterCalibration(draft);
  }

  private static int firstAfterCalibration(SpecDraft draft) {
    long windows =
        (long) draft.number(CALIBRATION + "/firstWindow") + draft.number(CALIBRATION + "/windows");
    long tokens = windows * draft.number(CALIBRATION + "/sequenceLength");
    long length = Math.max(1, draft.number(SEARCH + "/sequenceLength"));
    return Math.toIntExact((tokens + length - 1) / length);
  }

  /**
   * Windows of the search text from its first one on; empty where nobody here can count them.
   *
   * @throws UserError if there are none
   */
  private OptionalInt left() {
    OptionalInt total = total(SEARCH);
    if (total.isEmpty()) {
      return total;
    }
    int left = total.getAsInt() - draft.number(SEARCH + "/firstWindow");
    if (left < 1) {
      throw new UserError(
          String.format(
              Locale.ROOT,
              "%s has %,d windows of %,d tokens, and the search is to begin behind the first %,d: give fewer --calibration-windows, a smaller --sequence-length, or another --search-text",
              path(SEARCH),
              total.getAsInt(),
              draft.number(SEARCH + "/sequenceLength"),
              draft.number(SEARCH + "/firstWindow")));
    }
    return OptionalInt.of(left);
  }

  /** Windows at the end of the search text that are held out. */
  private int reserved(HeldOutChoice heldOut, OptionalInt left) {
    boolean elsewhere = heldOut.text().isPresent() && !isSearched(heldOut.text().get());
    boolean said = draft.get(HELD_OUT).isPresent() && !heldOut.isGiven();
    if (elsewhere || said) {
      return 0;
    }
    if (heldOut.windows().isPresent()) {
      return requireLeft(heldOut.windows().getAsInt(), left);
    }
    OptionalInt searched = given();
    boolean all = searched.equals(OptionalInt.of(TextWindows.ALL));
    if (left.isEmpty()) {
      return all ? 0 : HELD_OUT_WINDOWS;
    }
    int most =
        all || searched.isEmpty()
            ? left.getAsInt() / HELD_OUT_OF
            : left.getAsInt() - searched.getAsInt();
    return Math.max(0, Math.min(HELD_OUT_WINDOWS, most));
  }

  private int requireLeft(int windows, OptionalInt left) {
    if (left.isPresent() && windows >= left.getAsInt()) {
      throw new UserError(
          String.format(
              Locale.ROOT,
              "--held-out-windows: %,d windows of %s can be searched on or held out, so that at most %,d are held out, not %s",
              left.getAsInt(),
              path(SEARCH),
              left.getAsInt() - 1,
              windows == TextWindows.ALL ? "all" : String.format(Locale.ROOT, "%,d", windows)));
    }
    return windows;
  }

  private List<Map<String, Object>> heldOut(HeldOutChoice choice, int reserved) {
    Optional<Path> own = choice.text().filter(text -> !isSearched(text));
    if (own.isPresent()) {
      return own(own.get(), choice.windows());
    }
    if (reserved == 0) {
      return List.of();
    }
    OptionalInt total = total(SEARCH);
    return List.of(
        windows(
            path(SEARCH), total.isPresent() ? total.getAsInt() - reserved : behind(), reserved));
  }

  /** The window behind those that are searched on. */
  private int behind() {
    int windows = draft.number(SEARCH + "/windows");
    if (windows == TextWindows.ALL) {
      throw new UserError(
          "--held-out-windows: nobody here can count the search text's windows: give --search-windows as a number");
    }
    return draft.number(SEARCH + "/firstWindow") + windows;
  }

  private List<Map<String, Object>> own(Path text, OptionalInt wanted) {
    if (wanted.equals(OptionalInt.of(0))) {
      return List.of();
    }
    String path = checks.text("--held-out-text", text.toString());
    boolean calibrated = path.equals(path(CALIBRATION));
    OptionalInt there =
        checks.windows(path, draft.number(SEARCH + "/sequenceLength"), beginOfSequence(SEARCH));
    boolean whole = draft.number(CALIBRATION + "/windows") == TextWindows.ALL;
    int first = calibrated && !whole ? firstAfterCalibration(draft) : 0;
    if (calibrated && (whole || (there.isPresent() && first >= there.getAsInt()))) {
      throw new UserError(
          "--held-out-text: calibration reads the whole of %s, nothing is left to hold out: give fewer --calibration-windows, or another text"
              .formatted(path));
    }
    int most = there.isPresent() ? Math.max(1, there.getAsInt() - first) : HELD_OUT_WINDOWS;
    return List.of(windows(path, first, wanted.orElse(Math.min(HELD_OUT_WINDOWS, most))));
  }

  /** As a spec says them: what is wrong with them is found with the whole spec. */
  private Map<String, Object> windows(String path, int first, int count) {
    return Map.of(
        "path",
        path,
        "sequenceLength",
        draft.number(SEARCH + "/sequenceLength"),
        "firstWindow",
        first,
        "windows",
        count,
        "beginOfSequence",
        beginOfSequence(SEARCH));
  }

  private boolean isSearched(Path text) {
    return checks.text("--held-out-text", text.toString()).equals(path(SEARCH));
  }

  /** Windows that options or a spec say are searched on. */
  private OptionalInt given() {
    return draft.get(SEARCH + "/windows").isPresent()
        ? OptionalInt.of(draft.number(SEARCH + "/windows"))
        : OptionalInt.empty();
  }

  private OptionalInt total(String text) {
    return checks.windows(
        path(text), draft.number(text + "/sequenceLength"), beginOfSequence(text));
  }

  private String path(String text) {
    return draft.text(text + "/path").orElseThrow();
  }

  private boolean beginOfSequence(String text) {
    return draft.value(text + "/beginOfSequence", Boolean.class).orElse(true);
  }
}
