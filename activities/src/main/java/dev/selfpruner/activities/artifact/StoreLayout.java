package dev.selfpruner.activities.artifact;

/**
 * Where things lie in a store, the same in every kind of store. Folders of two hexadecimal digits
 * keep directories small.
 */
final class StoreLayout {
  static final String BLOBS = "blobs/";
  static final String INDEX = "index/";
  static final String MARKS = "uses/";

  /** Only in a directory: what is being written. */
  static final String TEMPORARY = "temporary/";

  private StoreLayout() {}

  static String blob(String sha256) {
    return "blobs/sha256/%s/%s".formatted(sha256.substring(0, 2), sha256);
  }

  static String indexEntry(IndexKey key) {
    return "index/%s/%s.json".formatted(key.kind(), key.digest());
  }

  /**
   * Beside what has no date that can be set: the mark's date says when that was last found in use.
   */
  static String mark(String name) {
    return MARKS + name;
  }
}
