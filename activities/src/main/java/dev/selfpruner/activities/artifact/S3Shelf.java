package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.Reuse.Shelf;
import dev.selfpruner.activities.artifact.Reuse.Stamped;
import dev.selfpruner.activities.artifact.S3Bucket.Opened;
import dev.selfpruner.activities.artifact.S3Bucket.Write;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Marks of use in a bucket: an empty object beside the one that is used, as nothing but writing it
 * again would change the date of that one, and it may be hundreds of gigabytes.
 *
 * @param prefix of the store's names, with a slash at its end unless it is empty
 */
record S3Shelf(S3Bucket bucket, String prefix) implements Shelf {
  private static final byte[] NOTHING = {};

  @Override
  public boolean mark(String name) throws IOException {
    return bucket.write(
        prefix + StoreLayout.mark(name), NOTHING, Digests.sha256(NOTHING), Write.ALWAYS);
  }

  @Override
  public boolean exists(String name) throws IOException {
    return bucket.look(prefix + name).isPresent();
  }

  @Override
  public Optional<Stamped> readStamped(String name) throws IOException {
    Optional<Opened> found = bucket.open(prefix + name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream content = found.get().content()) {
      return Optional.of(
          new Stamped(new String(content.readAllBytes(), UTF_8), found.get().modified()));
    }
  }

  @Override
  public String uriOf(String name) {
    return bucket.uri(prefix + name);
  }
}
