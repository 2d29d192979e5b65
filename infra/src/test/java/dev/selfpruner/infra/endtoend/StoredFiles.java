package dev.selfpruner.infra.endtoend;

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
 * A store's files as an S3 server keeps them, looked at behind its back.
 *
 * @param root the folder of the store's prefix
 */
record StoredFiles(Path root) {
  private static final Path BLOBS = Path.of("blobs", "sha256");

  /** All blobs. */
  List<Path> blobs() throws IOException {
    return files(root.resolve(BLOBS));
  }

  /** All index entries. */
  List<Path> entries() throws IOException {
    return files(root.resolve("index"));
  }

  /** Blobs whose content isn't what their name says, and entries without their blob. */
  List<String> broken() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path blob : blobs()) {
      if (!blob.getFileName().toString().equals(Digests.sha256(Files.readAllBytes(blob)))) {
        broken.add("%s, %d bytes".formatted(root.relativize(blob), Files.size(blob)));
      }
    }
    for (Path entry : entries()) {
      JsonNode content = Json.read(entry, JsonNode.class);
      String sha256 = content.path("sha256").asText();
      if (sha256.length() != 64 || !Files.exists(blob(sha256))) {
        broken.add("%s refers to '%s'".formatted(root.relativize(entry), sha256));
      }
    }
    return broken;
  }

  private Path blob(String sha256) {
    return root.resolve(BLOBS).resolve(sha256.substring(0, 2)).resolve(sha256);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
