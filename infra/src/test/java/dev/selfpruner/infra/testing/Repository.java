package dev.selfpruner.infra.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Files of the checkout beside the sources: what deploys and watches the program. */
public final class Repository {
  private Repository() {}

  /** A file below {@code infra}, as text; tests run in that folder. */
  public static String infra(String path) throws IOException {
    return Files.readString(Path.of(path));
  }

  /** One document of YAML. */
  public static JsonNode yaml(String text) {
    return documents(text).get(0);
  }

  /** All of its documents. */
  public static List<JsonNode> documents(String text) {
    List<JsonNode> documents = new ArrayList<>();
    new Yaml(new SafeConstructor(new LoaderOptions()))
        .loadAll(text)
        .forEach(document -> documents.add(Json.mapper().valueToTree(document)));
    return documents;
  }
}
