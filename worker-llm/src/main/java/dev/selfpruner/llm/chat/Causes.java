package dev.selfpruner.llm.chat;

import java.util.Optional;

/** Clients wrap what has happened, some more than once. */
final class Causes {
  private Causes() {}

  static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
    Throwable current = failure;
    while (current != null && !type.isInstance(current)) {
      current = current.getCause();
    }
    return Optional.ofNullable(current).map(type::cast);
  }
}
