package dev.selfpruner.activities.artifact;

/**
 * Where things lie in a store, the same in every kind of store. Folders of two hexadecimal digits
 * keep directories small.
 */
final class StoreLayout {
  private StoreLayout() {}

  static String blob(String sha256) {
    return "blobs/sha256/%s/%s".formatted(sha256.substring(0, 2), sha256);
  }

  static String indexEntry(IndexKey key) {
    return "index/%s/%s.json".formatted(key.kind(), key.digest());
  }
}
