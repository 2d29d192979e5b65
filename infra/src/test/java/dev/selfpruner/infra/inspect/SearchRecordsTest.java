package dev.selfpruner.infra.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.Trials;
import dev.selfpruner.infra.report.InspectJson;
import dev.selfpruner.infra.report.InspectReport;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.llm.Exchange;
import dev.selfpruner.llm.SearchIndex;
import dev.selfpruner.llm.chat.Answer;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a search that went on, or did not, after the limits that it began with had ended it. */
class SearchRecordsTest {
  private static final ArtifactRef REF = new ArtifactRef("file:/store/x", "0".repeat(64), 1);
  private static final LlmLimits FIRST = new LlmLimits(5_000L, LlmLimits.NO_COST_LIMIT, List.of());
  private static final SearchSpec SPEC = Specs.llm(FIRST);
  private static final String KEY = SPEC.key();

  @TempDir private Path folder;
  private ArtifactStore store;

  @BeforeEach
  void endEarly() throws IOException {
    store = ArtifactStores.directory(folder);
    put(
        SearchIndex.start(SPEC.workflowId()),
        new SearchStart(
            KEY, SPEC.workflowId(), Json.write(SPEC), List.of(SPEC.generator()), FIRST));
    finish(0, 12);
    put(SearchIndex.result(KEY, FIRST), result(15, "the limit"));
  }

  @Test
  void whatLimitsEndedHasAResultUntilMoreIsRecorded() throws IOException {
    assertThat(read().result()).containsExactly(result(15, "the limit"));
    assertThat(report()).startsWith(SPEC.workflowId() + ", ended early by the limit");

    finish(1, 20);

    assertThat(read().result()).isEmpty();
    assertThat(report()).startsWith(SPEC.workflowId() + ", under way, without a result so far");
  }

  @Test
  void aCompleteResultGoesBeforeTheEarlyOne() throws IOException {
    finish(1, 20);
    put(SearchIndex.result(KEY), result(20, ""));

    assertThat(read().result()).containsExactly(result(20, ""));
  }

  @Test
  void aPriceThatWasGivenLaterIsKnownByWhatWasCharged() throws IOException {
    ask(0, 0.0);
    assertThat(report()).contains("1 + 2 tokens, price not known", "of answers, price not known");

    ask(1, 0.25);

    assertThat(report())
        .contains("1 + 2 tokens, price not known", "1 + 2 tokens, 0.2500 US dollars")
        .contains("bill: 2 answers, 2 tokens of prompts and 4 of answers, 0.2500 US dollars");
  }

  @Test
  void showsWhyACandidateFailed() throws IOException {
    finish(0, 10);
    Candidate candidate =
        new Candidate(
            "i00-initialise-03",
            new LayerRates(List.of(0.3)),
            new PruningPlan(List.of(new LayerPlan(4, 100))),
            new Lineage(0, Operator.INITIALISE, "built-in", List.of()));
    put(
        SearchIndex.trials(KEY, 0),
        new Trials(
            0,
            List.of(
                new Individual(candidate, Double.POSITIVE_INFINITY, "its loss is not finite"))));

    assertThat(read().iterations().get(0).failed())
        .extracting(Individual::failed)
        .containsExactly("its loss is not finite");
    assertThat(report())
        .contains("candidates that failed:", "  i00-initialise-03: its loss is not finite");
    RecordedSearch search = read();
    assertThat(new InspectJson(search, search.iterations(), false).json())
        .contains("\"failed\":{\"i00-initialise-03\":\"its loss is not finite\"}");
  }

  @Test
  void showsWhyADescentProposedNothing() throws IOException {
    put(
        SearchIndex.proposal(KEY, 1, Operator.DESCEND),
        new Proposal(
            store.put(Json.writeBytes(new CandidateSet(List.of()))),
            List.of(),
            0,
            Spending.NOTHING,
            "",
            "no descent, since c0 has no number"));

    assertThat(report()).contains("iteration 1: no descent, since c0 has no number");
    RecordedSearch search = read();
    assertThat(new InspectJson(search, search.iterations(), false).json())
        .contains("\"notes\":{\"descend\":\"no descent, since c0 has no number\"}");
  }

  private RecordedSearch read() throws IOException {
    return new SearchRecords(store).byKey(KEY).orElseThrow();
  }

  private String report() throws IOException {
    RecordedSearch search = read();
    return new InspectReport(search, search.iterations(), false).text();
  }

  private void finish(int iteration, int evaluated) throws IOException {
    put(
        SearchIndex.population(KEY, iteration),
        new PopulationSnapshot(
            iteration,
            REF,
            List.of(new Fitness("c0", 12.3456, false)),
            evaluated,
            0,
            0,
            List.of(),
            Spending.NOTHING,
            ""));
  }

  private void ask(int number, double cost) throws IOException {
    put(
        SearchIndex.transcript(KEY, 0, Operator.INITIALISE, number),
        new Exchange(
            "small",
            Exchange.Kind.FIRST,
            "",
            "0".repeat(64),
            "?",
            1,
            new Answer("!", "small", "stop", 1, 2, false),
            cost,
            List.of()));
  }

  private void put(IndexKey key, Object value) throws IOException {
    ArtifactRef unused = store.index(key, store.put(Json.writeBytes(value)));
  }

  private static SearchResult result(int evaluations, String exhausted) {
    Measurement measured = new Measurement(2.0, 100, 1.0);
    return new SearchResult(
        KEY,
        measured,
        measured,
        measured,
        "c0",
        2.0,
        REF,
        new PrunedModel(REF, 70, 0.7),
        List.of(),
        evaluations,
        0,
        0,
        Spending.NOTHING,
        FIRST,
        exhausted);
  }
}
