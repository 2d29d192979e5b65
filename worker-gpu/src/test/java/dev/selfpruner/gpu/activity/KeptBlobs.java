package dev.selfpruner.gpu.activity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a store in a directory that entries of a kind lead to, for those who damage them.
 */
record KeptBlobs(Path store) {
  List<Path> of(String kind) throws IOException {
    List<Path> blobs = new ArrayList<>();
    try (Stream<Path> entries = Files.list(store.resolve("index").resolve(kind))) {
      for (Path entry : entries.sorted().toList()) {
        JsonNode json = Json.mapper().readTree(entry.toFile());
        blobs.add(blob(json.get("sha256").asText()));
      }
    }
    return blobs;
  }

  Path blob(String sha256) {
    return store.resolve("blobs/sha256").resolve(sha256.substring(0, 2)).resolve(sha256);
  }

  /** Changes a bit in the middle: what reads the file sees nothing. */
  static void damage(Path blob) throws IOException {
    byte[] content = Files.readAllBytes(blob);
    content[content.length / 2] ^= 1;
    Files.write(blob, content);
  }

  static boolean isIntact(Path blob) throws IOException {
    return Files.exists(blob)
        && Digests.sha256(Files.readAllBytes(blob)).equals(blob.getFileName().toString());
  }
}
