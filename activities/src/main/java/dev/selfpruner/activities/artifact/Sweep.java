package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.Reuse.Stamped;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Removes objects while writers are at work: writes down what is about to go ({@link Condemned}),
 * then looks what was marked as used meanwhile, and removes the rest. One at a time in a store.
 */
final class Sweep implements AutoCloseable {
  private static final int AT_ONCE = 500;

  private final Inventory inventory;
  private final Instant cutoff;
  private final String owner = UUID.randomUUID().toString();

  /**
   * Whether the list has to stay: because it is another run's, or because a removal may be under
   * way, and writers have to go on seeing it.
   */
  private boolean staying;

  /** When the list was last written. */
  private Instant condemned = Instant.now();

  private Sweep(Inventory inventory, Instant cutoff) {
    this.inventory = inventory;
    this.cutoff = cutoff;
  }

  /**
   * Begins.
   *
   * @param cutoff what was used since then is spared
   * @throws IOException if another is at work
   */
  static Sweep begin(Inventory inventory, Instant cutoff) throws IOException {
    Sweep sweep = new Sweep(inventory, cutoff);
    byte[] nothing = sweep.list(List.of());
    if (!inventory.write(Condemned.NAME, nothing, false)) {
      Optional<Stamped> other = inventory.readStamped(Condemned.NAME);
      if (other.isPresent() && !Condemned.isStale(other.get().written(), Instant.now())) {
        throw new IOException(
            "another gc is at work in the %s, or was cut off: wait for it, or until %s"
                .formatted(inventory, other.get().written().plus(Condemned.STALE)));
      }
      boolean unused = inventory.write(Condemned.NAME, nothing, true);
    }
    return sweep;
  }

  /** Removes what isn't in use; returns what was removed. */
  <T> List<T> remove(List<T> all, Function<T, String> name) throws IOException {
    List<T> removed = new ArrayList<>();
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      List<T> some = all.subList(from, Math.min(all.size(), from + AT_ONCE));
      List<String> unused = unused(some.stream().map(name).toList());
      delete(unused);
      some.stream().filter(item -> unused.contains(name.apply(item))).forEach(removed::add);
    }
    return removed;
  }

  /**
   * Removes marks that say nothing any more; a writer that sets one anew meanwhile sees the list.
   */
  void forgetMarks() throws IOException {
    List<String> marked = inventory.markedBefore(cutoff);
    for (int from = 0; from < marked.size(); from += AT_ONCE) {
      List<String> unused = unused(marked.subList(from, Math.min(marked.size(), from + AT_ONCE)));
      delete(unused.stream().map(StoreLayout::mark).toList());
    }
  }

  private List<String> unused(List<String> names) throws IOException {
    condemn(names);
    Map<String, Instant> used = inventory.used(names);
    return names.stream()
        .filter(name -> used.getOrDefault(name, Instant.MIN).isBefore(cutoff))
        .toList();
  }

  private void condemn(List<String> names) throws IOException {
    Optional<Stamped> list = inventory.readStamped(Condemned.NAME);
    if (list.isEmpty() || !Json.read(list.get().content(), Condemned.class).owner().equals(owner)) {
      staying = true;
      throw new IOException(
          "another gc has begun in the %s, as this one took too long: run it again"
              .formatted(inventory));
    }
    boolean unused = inventory.write(Condemned.NAME, list(names), true);
    condemned = Instant.now();
  }

  private void delete(List<String> names) throws IOException {
    if (Instant.now().isAfter(condemned.plus(Condemned.RENEWED))) {
      throw new IOException(
          "the %s takes too long to say what is in use: run gc again".formatted(inventory));
    }
    staying = true;
    inventory.delete(names);
    staying = false;
  }

  private byte[] list(List<String> names) {
    return Json.writeBytes(new Condemned(owner, names));
  }

  /** Takes the list away, unless a removal may be under way still: then it ends by its age. */
  @Override
  public void close() throws IOException {
    if (!staying) {
      inventory.delete(List.of(Condemned.NAME));
    }
  }
}
