package dev.selfpruner.infra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.report.SearchReport;
import dev.selfpruner.infra.testing.Specs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelExportTest {
  @TempDir private Path folder;
  private ArtifactStore store;
  private Path target;

  @BeforeEach
  void open() throws IOException {
    store = ArtifactStores.directory(folder.resolve("store"));
    target = folder.resolve("model");
  }

  @Test
  void replacesAModelWhoseSearchWentOn() throws IOException {
    export("ours", "the limit", 10, Map.of("config.json", "old", "a.safetensors", "old"));
    assertThat(reported("exhausted")).isEqualTo("the limit");
    export("ours", "", 92, Map.of("config.json", "new", "b.safetensors", "new"));
    assertThat(Files.readString(target.resolve("config.json"))).isEqualTo("new");
    assertThat(target.resolve("a.safetensors")).doesNotExist();
    assertThat(target.resolve("b.safetensors")).exists();
    assertThat(reported("exhausted")).isEmpty();
    assertThat(reported("evaluations")).isEqualTo("92");
  }

  @Test
  void leavesAModelThatIsTheSameOrFinished() throws IOException {
    export("ours", "the limit", 10, Map.of("config.json", "first"));
    Files.writeString(target.resolve("notes.txt"), "mine");
    export("ours", "the limit", 10, Map.of("config.json", "second"));
    assertThat(Files.readString(target.resolve("config.json"))).isEqualTo("first");
    target = folder.resolve("finished");
    export("ours", "", 92, Map.of("config.json", "first"));
    export("ours", "", 92, Map.of("config.json", "second"));
    assertThat(Files.readString(target.resolve("config.json"))).isEqualTo("first");
  }

  @Test
  void takesNothingAwayThatSomebodyElsePutThere() throws IOException {
    export("ours", "the limit", 10, Map.of("config.json", "old"));
    Path notes = Files.writeString(target.resolve("notes.txt"), "mine");
    ModelExport export = ModelExport.to(target, "ours");
    assertThatThrownBy(export::requireReplaceable)
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(notes + " lies beside a model that is to be replaced");
    assertThatThrownBy(() -> export("ours", "", 92, Map.of("config.json", "new")))
        .isInstanceOf(UserError.class);
    assertThat(Files.readString(target.resolve("config.json"))).isEqualTo("old");
  }

  @Test
  void refusesADirectoryOfAnotherSearch() throws IOException {
    export("another's", "the limit", 10, Map.of("config.json", "old"));
    assertThatThrownBy(() -> ModelExport.to(target, "ours"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("holds something that this search has not made");
  }

  private String reported(String field) throws IOException {
    return Json.read(Files.readString(target.resolve(ModelExport.REPORT)), JsonNode.class)
        .path(field)
        .asText();
  }

  private void export(String key, String exhausted, int evaluations, Map<String, String> files)
      throws IOException {
    Map<String, ArtifactRef> stored = new TreeMap<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      stored.put(file.getKey(), store.put(file.getValue().getBytes(UTF_8)));
    }
    ArtifactRef model = store.put(Json.writeBytes(new ModelFiles(stored)));
    Measurement measured = new Measurement(2.0, 100, 1.0);
    SearchResult result =
        new SearchResult(
            key,
            measured,
            measured,
            measured,
            "best",
            2.0,
            model,
            new PrunedModel(model, 70, 0.7),
            List.of(),
            evaluations,
            0,
            0,
            Spending.NOTHING,
            LlmLimits.NONE,
            exhausted);
    ModelExport.to(target, key)
        .write(store, new SearchReport(Specs.builtIn(), result, target, List.of()));
  }
}
