package dev.selfpruner.workflows;

/**
 * Why a search waits.
 *
 * @param reason in words; empty where none was given
 * @param by whom; empty where nobody said
 * @param since milliseconds since the epoch
 */
public record Pause(String reason, String by, long since) {

  /** {@code GPU needed elsewhere (anna@desk)}. */
  String inWords() {
    String why = reason.isEmpty() ? "no reason given" : reason;
    return by.isEmpty() ? why : "%s (%s)".formatted(why, by);
  }
}
