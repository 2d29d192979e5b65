package dev.selfpruner.infra.doctor;

import java.util.Locale;

/**
 * What one check saw.
 *
 * @param check name of what was looked at
 * @param found one line
 * @param advice what to do next, in one or more lines; empty where all is right, and only there
 */
public record Finding(String check, Status status, String found, String advice) {

  /** How bad it is. */
  public enum Status {
    OK,
    /** Works, but not as well or not as expected. */
    NOTE,
    /** Something will fail. */
    PROBLEM;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Finding {
    found = found.replaceAll("\\s+", " ").strip();
    if (check.isBlank() || found.isEmpty()) {
      throw new IllegalArgumentException("a finding says what was looked at, and what was seen");
    }
    if (advice.isBlank() != (status == Status.OK)) {
      throw new IllegalArgumentException(
          "advice is given where something is not right, and only there: " + check);
    }
  }

  static Finding ok(String check, String found) {
    return new Finding(check, Status.OK, found, "");
  }

  static Finding note(String check, String found, String advice) {
    return new Finding(check, Status.NOTE, found, advice);
  }

  static Finding problem(String check, String found, String advice) {
    return new Finding(check, Status.PROBLEM, found, advice);
  }
}
