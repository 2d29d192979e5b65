package dev.selfpruner.infra.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.embedded.ModelExport;
import dev.selfpruner.llm.Exchange;
import dev.selfpruner.llm.SearchIndex;
import dev.selfpruner.llm.answer.JudgedList;
import dev.selfpruner.llm.chat.Answer;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a store with a search that is in its first iteration. */
class InspectCommandTest {
  private static final SearchSpec SPEC = spec();

  @TempDir private Path folder;
  private ArtifactStore store;

  @BeforeEach
  void record() throws IOException {
    store = ArtifactStores.directory(folder.resolve("store"));
    put(
        SearchIndex.start(SPEC.workflowId()),
        new SearchStart(
            SPEC.key(),
            SPEC.workflowId(),
            Json.write(SPEC),
            List.of(SPEC.generator()),
            SPEC.limits()));
    ask(
        Operator.INITIALISE,
        0,
        0,
        used(0.0001),
        used(0.02),
        new JudgedList(List.of(0.1), List.of(), 0.0, "a list had 1 numbers, not 3"));
    propose("small", "small", "built-in for small");
    put(
        SearchIndex.population(SPEC.key(), 0),
        new PopulationSnapshot(
            0,
            store.put("a population".getBytes(UTF_8)),
            List.of(new Fitness("c0", 12.3456, false)),
            3,
            0,
            1,
            List.of(),
            Spending.NOTHING,
            "",
            0L,
            List.of(),
            0,
            0L,
            List.of(new TextWindows("/texts/search", 2048, 120, 4, true))));
    ask(Operator.MUTATE, 1, 0);
    ask(Operator.MUTATE, 1, 1, used(0.04));
  }

  @Test
  void showsIterationsQuestionsAndTheBill() {
    Captured inspected = inspect(SPEC.workflowId());
    assertThat(inspected.err()).isEmpty();
    assertThat(inspected.out())
        .isEqualTo(
            """
            %s, under way, without a result so far
            /models/small, 30.00 %% removed, 3 + 2 x (2 + 2) candidates, seed 0, run 1
            candidates by small at http://localhost/v1 (openai), temperature 1.0, answers as text of at most 100 tokens, prompt paper
            limited to 5,000 tokens when it began

            iteration         best        windows      LLM   in its place  built-in  random
            0               12.346     4 from 120        2              1         0       0
            1                    -              -        0              0         0       0

            iteration 0, initialise, asked: small-2026, prompt %s, ended by stop; 1,000 + 200 tokens, 0.0040 US dollars
              lists: 3 found, 2 used, 1 of them repaired; a rate was moved by 0.0101 on average
              not used: 1 x a list had 1 numbers, not 3

            iteration 1, mutate, asked: small-2026, prompt %s, ended by stop; 1,000 + 200 tokens, 0.0040 US dollars
              lists: 0 found, 0 used

            iteration 1, mutate, asked again: small-2026, prompt %s, ended by stop; 1,000 + 200 tokens, 0.0040 US dollars
              lists: 1 found, 1 used, 1 of them repaired; a rate was moved by 0.0400 on average

            bill: 3 answers, 3,000 tokens of prompts and 600 of answers, 0.0120 US dollars
            usable of 3 candidates wanted: 33.3 %% as they came, 66.7 %% after repair, 66.7 %% after asking again
            """
                .formatted(
                    SPEC.workflowId(),
                    digest("initialise 0"),
                    digest("mutate 0"),
                    digest("mutate 1")));
  }

  @Test
  void showsWhatWasSentAndCameInFull() {
    assertThat(inspect(SPEC.key(), "--iteration", "1", "--full").out())
        .doesNotContain("iteration 0, ")
        .contains(
            """
            --- prompt
            mutate 1
            --- answer
            the answer to mutate 1
            ---
            """);
  }

  @Test
  void nothingThatAnLlmOrItsEndpointWroteMovesTheCursor() throws IOException {
    put(
        SearchIndex.transcript(SPEC.key(), 1, Operator.MUTATE, 2),
        new Exchange(
            "small",
            Exchange.Kind.AGAIN,
            "",
            Digests.sha256("prompt"),
            "prompt\u001b[1A",
            1,
            new Answer("text\u001b[2J\nmore", "evil\u001b[1A\nbill: 0", "st\rop", 1, 1, false),
            0.0,
            List.of(new JudgedList(List.of(0.1), List.of(), 0.0, "no\nlist"))));
    assertThat(inspect(SPEC.workflowId(), "--full").out())
        .contains(": evil\uFFFD[1A\uFFFDbill: 0, prompt", "ended by st\uFFFDop;")
        .contains("not used: 1 x no\uFFFDlist\n")
        .contains("prompt\uFFFD[1A\n", "text\uFFFD[2J\nmore\n")
        .doesNotContain("\u001b");
  }

  @Test
  void findsTheSearchOfAModelsDirectoryAndTellsMachines() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.writeString(
        model.resolve(ModelExport.REPORT), Json.write(Map.of("searchKey", SPEC.key())));
    JsonNode json = Json.read(inspect(model.toString(), "--json").out(), JsonNode.class);
    assertThat(json.path("workflowId").asText()).isEqualTo(SPEC.workflowId());
    assertThat(json.path("spec").path("sparsity").asDouble()).isEqualTo(0.3);
    assertThat(json.path("llm").path("cost").asDouble()).isEqualTo(0.012);
    assertThat(json.path("usable"))
        .isEqualTo(
            Json.read(
                """
                {"wanted": 3, "asTheyCame": 1, "repaired": 2, "again": 2}
                """,
                JsonNode.class));
    assertThat(json.path("iterations").path(0).path("questions").path(0).has("prompt")).isFalse();
    assertThat(json.path("iterations").path(0).path("measuredOn"))
        .isEqualTo(
            Json.read(
                """
                {"path": "/texts/search", "sequenceLength": 2048, "firstWindow": 120, "windows": 4, "beginOfSequence": true}
                """,
                JsonNode.class));
  }

  @Test
  void saysWhatItCannotFind() {
    assertRefused(
        inspect("my-search"),
        "'my-search' is no search: give the id of its workflow (search-0123456789abcdef: ");
    assertRefused(
        inspect("search-0123456789abcdef"),
        "the artifact store in %s holds nothing of search-0123456789abcdef: name the store of the search"
            .formatted(folder.resolve("store")));
    assertRefused(inspect("0".repeat(64)), "the artifact store in ");
    assertRefused(
        inspect(SPEC.key(), "--iteration", "2"),
        "--iteration: 2 is not recorded: there are 2, numbered from 0");
    Path elsewhere = folder.resolve("elsewhere");
    assertRefused(
        Captured.run("inspect", SPEC.key(), "--store", elsewhere.toString()),
        "there is no artifact store in " + elsewhere);
    assertThat(elsewhere).doesNotExist();
  }

  private static void assertRefused(Captured refused, String message) {
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).startsWith("selfpruner: " + message);
  }

  private Captured inspect(String... arguments) {
    return Captured.run(
        Stream.concat(
                Stream.of("inspect", "--store", folder.resolve("store").toString()),
                Stream.of(arguments))
            .toArray(String[]::new));
  }

  private void propose(String... sources) throws IOException {
    Budget budget = new Budget(Models.small(3), SPEC.sparsity());
    List<Candidate> candidates = new ArrayList<>();
    for (String source : sources) {
      LayerRates rates = budget.project(LayerRates.uniform(3, SPEC.sparsity()));
      candidates.add(
          new Candidate(
              "c" + candidates.size(),
              rates,
              budget.plan(rates),
              new Lineage(0, Operator.INITIALISE, source, List.of())));
    }
    ArtifactRef set = store.put(Json.writeBytes(new CandidateSet(candidates)));
    put(
        SearchIndex.proposal(SPEC.key(), 0, Operator.INITIALISE),
        new Proposal(
            set, candidates.stream().map(Candidate::id).toList(), 1, Spending.NOTHING, ""));
  }

  private void ask(Operator operator, int iteration, int number, JudgedList... lists)
      throws IOException {
    String prompt = operator.name().toLowerCase(Locale.ROOT) + " " + number;
    Answer answer = new Answer("the answer to " + prompt, "small-2026", "stop", 1_000, 200, false);
    put(
        SearchIndex.transcript(SPEC.key(), iteration, operator, number),
        new Exchange(
            "small",
            number == 0 ? Exchange.Kind.FIRST : Exchange.Kind.AGAIN,
            "",
            Digests.sha256(prompt),
            prompt,
            lists.length,
            answer,
            SPEC.limits().cost(1_000, 200),
            List.of(lists)));
  }

  private void put(IndexKey key, Object value) throws IOException {
    ArtifactRef unused = store.index(key, store.put(Json.writeBytes(value)));
  }

  private static JudgedList used(double distance) {
    return new JudgedList(
        List.of(0.3, 0.2, 0.4), List.of(0.3, 0.2, 0.4), distance, JudgedList.USED);
  }

  private static String digest(String prompt) {
    return Digests.sha256(prompt).substring(0, 12);
  }

  private static SearchSpec spec() {
    TextWindows text = new TextWindows("/t", 64, 0, 8, true);
    Generator llm = LargeLanguageModel.compatible("http://localhost/v1", "small", 1.0, 100);
    return new SearchSpec(
        "/models/small",
        0.3,
        1,
        new Evolution(3, 2, 2, 2),
        llm,
        llm,
        new LlmLimits(5_000L, LlmLimits.NO_COST_LIMIT, List.of(new Price(2.0, 10.0))),
        0,
        text,
        text,
        text,
        new Objective.Perplexity(),
        false,
        1);
  }
}
