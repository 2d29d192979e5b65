package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.InMemoryArtifactStore;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.activities.search.LayerStatistics.Block;
import dev.selfpruner.activities.search.LayerStatistics.Layer;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.Trials;
import dev.selfpruner.llm.prompt.Knowledge;
import dev.selfpruner.llm.prompt.PromptSet;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.llm.testing.Requests;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which prompt a search's LLM is asked with, and what the store adds to it. */
class PromptedProposalTest {
  private static final Budget BUDGET = new Budget(Models.small(4), Requests.SPARSITY);
  private static final Individual BEFORE = individual("before", 12.5, 0.2, 0.3, 0.4, 0.3);
  private static final Individual AFTER = individual("after", 11.5, 0.3, 0.25, 0.35, 0.3);
  private static final LayerStatistics STATISTICS =
      new LayerStatistics(
          Collections.nCopies(
              4,
              new Layer(
                  new Block(1.0, 0.5, Collections.nCopies(9, 0.1)),
                  new Block(3.0, 0.25, Collections.nCopies(9, 0.2)))));

  private final LlmWorker worker = new LlmWorker();
  private final ArtifactStore store = new InMemoryArtifactStore();
  private final Artifacts artifacts = new Artifacts(store);
  private final PromptSet informed = PromptSet.builtIn(LargeLanguageModel.INFORMED);

  @Test
  void jsonIsAskedForAndReadWhereASearchWantsASchema() {
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      Requests requests =
          new Requests(
              worker.requests(server).store(),
              Models.small(4),
              llm(server, AnswerFormat.SCHEMA, LargeLanguageModel.INFORMED));

      assertThat(worker.propose(requests.initialise(12)).fallbacks()).isZero();
      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().get(0).prompt())
          .contains("Reply with 12 configurations in one JSON object");
    }
  }

  @Test
  void promptsOfOnesOwnAreFoundByTheirDigest() throws IOException {
    Map<String, String> templates = new TreeMap<>(PromptSet.builtIn("paper").templates());
    templates.put("initialise.txt", "Prune {{model}}.\n\n{{attributes}}\n\n{{reply}}");
    PromptSet mine = new PromptSet("mine", templates);
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      ArtifactStore shared = worker.requests(server).store();
      Requests requests =
          new Requests(shared, Models.small(4), llm(server, AnswerFormat.TEXT, mine.sha256()));

      assertThat(worker.failure(requests.initialise(3), LlmWorker.PATIENT))
          .isEqualTo(
              new LlmWorker.Failed(
                  Artifacts.MISSING,
                  true,
                  Optional.empty(),
                  "no prompts with the digest %s are in the artifact store"
                      .formatted(mine.sha256())));
      index(shared, SearchIndex.prompt(mine.sha256()), mine);

      assertThat(worker.propose(requests.initialise(3)).fallbacks()).isZero();
      assertThat(server.requests().get(0).prompt()).startsWith("Prune little-llama.\n\n# Form");
    }
  }

  @Test
  void promptsUnderAnotherDigestAreRefused() throws IOException {
    String digest = informed.sha256();
    index(store, SearchIndex.prompt(digest), PromptSet.builtIn("paper"));

    assertThatThrownBy(() -> new PromptSets(artifacts).named(digest))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> assertThat(failure.getType()).isEqualTo(Artifacts.CORRUPT));
  }

  @Test
  void whatTheStoreHasIsTold() throws IOException {
    Population first = new Population(0, List.of(BEFORE));
    Trials trials = new Trials(1, List.of(AFTER));
    index(store, LayerStatistics.indexKey("calibration"), STATISTICS);
    index(store, SearchIndex.population(Requests.SEARCH, 0), snapshot(first));
    index(store, SearchIndex.trials(Requests.SEARCH, 1), trials);
    // Whose population before isn't in the store.
    index(store, SearchIndex.trials(Requests.SEARCH, 2), new Trials(2, List.of(AFTER)));

    assertThat(new KnowledgeReader(artifacts).read(request(2), informed))
        .isEqualTo(
            new Knowledge(
                "little-llama",
                "little-text.txt",
                List.of(STATISTICS),
                List.of(new Knowledge.Round(first, trials))));
    assertThat(new KnowledgeReader(artifacts).read(request(3), informed).rounds())
        .containsExactly(new Knowledge.Round(first, trials));
    assertThat(new KnowledgeReader(artifacts).read(request(4), informed).rounds()).isEmpty();
    assertThat(new KnowledgeReader(artifacts).read(request(2), PromptSet.builtIn("paper")))
        .isEqualTo(new Knowledge("little-llama", "little-text.txt", List.of(), List.of()));
  }

  @Test
  void whatTheStoreHasNotIsLeftOut() {
    assertThat(new KnowledgeReader(artifacts).read(request(5), informed))
        .isEqualTo(new Knowledge("little-llama", "little-text.txt", List.of(), List.of()));
  }

  private ProposalRequest request(int iteration) {
    Requests requests =
        new Requests(
            store,
            Models.small(4),
            LargeLanguageModel.compatible("http://localhost/v1", "m", 0.7, 2_000));
    return requests.vary(
        iteration, Operator.MUTATE, 2, requests.put(new Population(0, List.of(BEFORE))));
  }

  private PopulationSnapshot snapshot(Population population) {
    return new PopulationSnapshot(
        population.iteration(),
        artifacts.put(population),
        List.of(new Fitness("before", 12.5, false)),
        1,
        0,
        0,
        List.of(),
        Spending.NOTHING,
        "");
  }

  private static LargeLanguageModel llm(
      FakeOpenAiServer server, AnswerFormat format, String prompt) {
    return new LargeLanguageModel(
        Provider.OPENAI, server.baseUrl(), LlmWorker.MODEL, 0.7, 2_000, format, prompt, "");
  }

  private static void index(ArtifactStore store, IndexKey key, Object value) throws IOException {
    ArtifactRef ref = store.put(Json.writeBytes(value));
    assertThat(store.index(key, ref)).isEqualTo(ref);
  }

  private static Individual individual(String id, double perplexity, Double... rates) {
    LayerRates layerRates = new LayerRates(List.of(rates));
    return new Individual(
        new Candidate(
            id,
            layerRates,
            BUDGET.plan(layerRates),
            new Lineage(1, Operator.MUTATE, "test", List.of())),
        perplexity);
  }
}
