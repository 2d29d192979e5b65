package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.StoreUnavailableException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps {@code gc} from removing what a writer has just decided to count on. {@code gc} removes
 * only what nobody has written or used for a grace period ({@link #GRACE}); a store that finds
 * something which is older than half of it says that it is in use, before it says that it is there.
 * Half the grace period is longer than any activity takes (a day): what an activity found is named
 * in its workflow's history, where {@code gc} sees it, before it can be removed.
 *
 * <p>That leaves the moment in which {@code gc} has decided already. Each side writes before it
 * looks: {@code gc} writes down what it is about to remove ({@link Condemned}), then spares what
 * was used meanwhile, then removes the rest and only then takes its list away; a writer marks the
 * object as used, then looks at the list, then whether the object is still there. If the mark was
 * written before {@code gc} looked, the object is spared. If not, the list was written before the
 * mark, and the writer either sees it (and tries again later) or finds the list gone and with it
 * the object, which it then makes again. Nothing here depends on two clocks agreeing to better than
 * hours.
 */
final class Reuse {
  /** What nobody has used for this long may be removed. */
  static final Duration GRACE = Duration.ofDays(3);

  /** More than an activity's longest time, which is 24 hours, and half of {@link #GRACE}. */
  static final Duration REFRESH = Duration.ofHours(36);

  /** Names that are remembered; more than this are marked again. */
  private static final int MOST_REMEMBERED = 100_000;

  /** What marking an object needs of a store. */
  interface Shelf {
    /** Says that an object is used; false if it isn't there any more and that shows already. */
    boolean mark(String name) throws IOException;

    boolean exists(String name) throws IOException;

    /** A small object and when it was written, if it is there. */
    Optional<Stamped> readStamped(String name) throws IOException;

    /** Where an object is, for people. */
    String uriOf(String name);
  }

  /** An object's content, and when it was written. */
  record Stamped(String content, Instant written) {}

  private final Shelf shelf;
  private final Duration refresh;
  private final Map<String, Instant> marked = new ConcurrentHashMap<>();

  /**
   * @param refresh age from which an object is marked
   */
  Reuse(Shelf shelf, Duration refresh) {
    this.shelf = shelf;
    this.refresh = refresh;
  }

  /**
   * Makes sure that an object which was found stays.
   *
   * @param used when it was written, or used, as far as is known
   * @return whether it is there
   * @throws StoreUnavailableException if it is about to be removed
   */
  boolean claim(String name, Instant used) throws IOException {
    Instant now = Instant.now();
    if (isFresh(used, now) || isFresh(marked.getOrDefault(name, Instant.MIN), now)) {
      return true;
    }
    try {
      if (!shelf.mark(name)) {
        return false;
      }
    } catch (StoreUnavailableException e) {
      if (e.reason() != Reason.ACCESS_DENIED) {
        throw e;
      }
      return shelf.exists(name); // who may only read makes nothing that counts on it
    }
    requireNotCondemned(name);
    if (!shelf.exists(name)) {
      return false;
    }
    if (marked.size() >= MOST_REMEMBERED) {
      marked.clear();
    }
    marked.put(name, now);
    return true;
  }

  private boolean isFresh(Instant used, Instant now) {
    return used.isAfter(now.minus(refresh));
  }

  private void requireNotCondemned(String name) throws IOException {
    Optional<Stamped> list = shelf.readStamped(Condemned.NAME);
    if (list.isPresent()
        && !Condemned.isStale(list.get().written(), Instant.now())
        && Json.read(list.get().content(), Condemned.class).names().contains(name)) {
      throw new StoreUnavailableException(
          "cannot use " + shelf.uriOf(name), Reason.BEING_REMOVED, "it was not used for long");
    }
  }
}
