package dev.selfpruner.activities.artifact;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that lies in a store.
 *
 * @param name {@link StoreLayout} name
 * @param bytes its length
 * @param used when it was written, or last marked as used
 */
record StoredObject(String name, long bytes, Instant used) {

  /** Times of marks by the names of what they mark. */
  static Map<String, Instant> marks(List<StoredObject> found) {
    Map<String, Instant> marks = new TreeMap<>();
    for (StoredObject mark : found) {
      marks.put(mark.name.substring(StoreLayout.MARKS.length()), mark.used);
    }
    return marks;
  }

  /** Names of what was marked before then. */
  static List<String> before(Instant time, Map<String, Instant> marks) {
    return marks.entrySet().stream()
        .filter(mark -> mark.getValue().isBefore(time))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The same, used when its mark says so, if that is later. */
  StoredObject markedIn(Map<String, Instant> marks) {
    Instant marked = marks.getOrDefault(name, Instant.MIN);
    return marked.isAfter(used) ? new StoredObject(name, bytes, marked) : this;
  }
}
