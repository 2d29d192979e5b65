package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.SearchResult;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.IndexedValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a server, and who looks at it, is told of a search. */
class SearchAttributesTest {
  private static final Map<String, IndexedValueType> TYPES =
      Map.of(
          "Keyword", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
          "Double", IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
          "Int", IndexedValueType.INDEXED_VALUE_TYPE_INT);

  private final FakeBlockWorkers workers = new FakeBlockWorkers();
  private final SearchSpec spec = MeasuredSpecs.plain(2).spec();

  @Test
  void theServerListsASearchByThoseThatAreRegistered() {
    Map<String, IndexedValueType> types = new HashMap<>();
    SearchAttributes.types().forEach((name, type) -> types.put(name, TYPES.get(type)));
    try (SteeredSearch search = SteeredSearch.of(spec, FakeServer.start(workers, types)).begin()) {
      SearchResult result = search.result();

      assertThat(search.attributes())
          .containsEntry("SelfprunerModel", "model")
          .containsEntry("SelfprunerTarget", 0.3)
          .containsEntry("SelfprunerIteration", 2L)
          .containsEntry("SelfprunerPhase", "finished")
          .containsEntry("SelfprunerSpent", 0.0)
          .containsEntry("SelfprunerBestPerplexity", result.fitness());
      MeasuredRun.replay(search.history());
    }
  }

  @Test
  void aSearchRunsWithoutThemAndSaysWhatRegistersThem() {
    try (SteeredSearch search = SteeredSearch.of(spec, workers).begin()) {
      assertThat(search.result().exhausted()).isEmpty();
      assertThat(search.attributes()).doesNotContainKey("SelfprunerPhase");
      assertThat(search.events(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)).isZero();
      assertThat(search.details())
          .contains(
              "temporal operator search-attribute create --namespace ",
              "--name SelfprunerModel --type Keyword",
              "--name SelfprunerIteration --type Int");
    }
  }

  @Test
  void theCommandNamesWhatIsMissingOnly() {
    assertThat(SearchAttributes.command(SearchAttributes.types().keySet(), "default")).isEmpty();
    assertThat(
            SearchAttributes.command(
                List.of(
                    "SelfprunerModel",
                    "SelfprunerTarget",
                    "SelfprunerIteration",
                    "SelfprunerPhase",
                    "SelfprunerSpent"),
                "default"))
        .isEqualTo(
            "temporal operator search-attribute create --namespace default --name SelfprunerBestPerplexity --type Double");
  }

  @Test
  void showsATableAndKeepsLinks() {
    try (SteeredSearch search = SteeredSearch.of(spec, workers)) {
      workers.beforeRecording(
          request -> {
            if (request.iteration() == 2) {
              SearchProgress unused = search.pause("a | b", "anna");
              assertThat(search.details())
                  .startsWith("**Paused:** a \\| b (anna)\n\n| | |\n|---|---|\n| phase | paused |")
                  .contains("| iteration | 2 of 2 |", "| best of iteration 1 | perplexity |")
                  .contains("| level switch | ");
              unused = search.resume();
              unused = search.stop("enough", "anna");
              assertThat(search.details())
                  .startsWith("**Ends early:** a person's stop: enough (anna)\n\n| | |");
            }
          });
      SearchResult result = search.begin().result();

      assertThat(search.details()).contains("| phase | finished |").doesNotContain("Paused");
      assertThat(search.untyped().describe().getMemo("population", String.class))
          .isEqualTo(result.population().uri());
      assertThat(search.untyped().describe().getMemo("model", String.class))
          .isEqualTo(result.model().files().uri());
    }
  }
}
