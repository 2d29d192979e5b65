package dev.selfpruner.workflows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.FitRequest;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Mix;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.SearchResult;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a search with a method asks for, and in which order. */
class MeasuredFlowTest {
  /** Iterations are named after their search, so a replay needs its name. */
  private static final String RECORDED_SEARCH = "search-47b96d09bf61175e";

  private final FakeBlockWorkers workers = new FakeBlockWorkers();

  @Test
  void probesDescendsSelectsInStagesRanksFitsAndMeasures() {
    run(MeasuredSpecs.full().with(new Evolution(4, 2, 0, 0)).with(new Mix(12, 1, false)));

    assertThat(String.join("\n", workers.calls()))
        .isEqualTo(
            """
            1 begin
            1 calibrate in order BRAIN_SURGEON by QUERY_HEAD with Gram
            1 windows of search
            1 PROBE proposed in iteration 0
            19 probed on 8 of search
            1 latest
            4 INITIALISE proposed in iteration 0
            4 evaluated on 16 of search
            1 record of iteration 0
            1 PROBE proposed in iteration 1
            11 probed on 8 of search
            3 DESCEND proposed in iteration 1
            6 evaluated on 16 of search
            1 record of iteration 1
            12 LEVEL_SWITCH proposed in iteration 2
            12 evaluated on 2 of search
            6 evaluated on 4 of search
            8 evaluated on 16 of search
            1 record of iteration 2
            4 evaluated on 64 of held-out
            1 fit on calibration, chosen on held-out
            2 BASELINE proposed in iteration 0
            3 measured on 64 of test
            1 model measured on test
            1 conclude""");
  }

  @Test
  void measuresWhatBlocksTakeBeforeAnythingElseWhereTimeIsTheBudget() {
    Target.Latency target = new Target.TimeShare(0.8, "cpu", 1, 128);

    SearchResult result =
        new MeasuredRun(workers)
            .search(
                MeasuredSpecs.full()
                    .with(new Evolution(4, 1, 0, 0))
                    .with(new Mix(12, 1, false))
                    .spec(target));

    assertThat(String.join("\n", workers.calls()))
        .isEqualTo(
            """
            1 begin
            1 calibrate in order BRAIN_SURGEON by QUERY_HEAD with Gram
            1 windows of search
            1 table of latencies on cpu
            1 PROBE proposed in iteration 0
            19 probed on 8 of search
            1 latest
            4 INITIALISE proposed in iteration 0
            4 evaluated on 16 of search
            1 record of iteration 0
            1 PROBE proposed in iteration 1
            11 probed on 8 of search
            3 DESCEND proposed in iteration 1
            6 evaluated on 16 of search
            1 record of iteration 1
            4 evaluated on 64 of held-out
            1 fit on calibration, chosen on held-out
            2 BASELINE proposed in iteration 0
            3 measured on 64 of test
            1 model measured on test
            1 report of latencies
            1 conclude""");
    assertThat(workers.requests(ProposalRequest.class))
        .allSatisfy(
            request ->
                assertThat(request.latency())
                    .singleElement()
                    .extracting(LatencyGoal::target)
                    .isEqualTo(target));
    assertThat(result.latency()).singleElement().extracting("searched").isEqualTo(7.95);
  }

  @Test
  void withoutProbingFitOrHeldOutTextItIsProposeEvaluateRecord() {
    SearchResult result = run(MeasuredSpecs.plain(1));

    assertThat(String.join("\n", workers.calls()))
        .isEqualTo(
            """
            1 begin
            1 calibrate in order BRAIN_SURGEON by QUERY_HEAD with Gram
            1 windows of search
            1 latest
            4 INITIALISE proposed in iteration 0
            4 evaluated on 4 of search
            1 record of iteration 0
            4 LEVEL_SWITCH proposed in iteration 1
            8 evaluated on 4 of search
            1 record of iteration 1
            1 prune
            2 BASELINE proposed in iteration 0
            3 measured on 64 of test
            1 conclude""");
    assertThat(result.fitted()).isEmpty();
    assertThat(workers.requests(PruneRequest.class))
        .extracting(PruneRequest::compensation)
        .containsExactly(new Compensation.LeastSquares(0.01));
  }

  @Test
  void withoutTextThatTheFitHasNotReadTheModelIsWrittenAsItWasComparedAndTheResultSaysSo() {
    SearchResult result =
        new MeasuredRun(workers)
            .search(
                MeasuredSpecs.plain(1)
                    .withDampings(List.of(0.01, 0.001))
                    .withoutHeldOut()
                    .onCalibrationText());

    assertThat(workers.requests(FitRequest.class)).isEmpty();
    assertThat(workers.requests(PruneRequest.class))
        .extracting(PruneRequest::compensation)
        .containsExactly(new Compensation.LeastSquares(0.01));
    assertThat(result.fitted()).isEmpty();
    assertThat(result.notes()).singleElement().asString().startsWith("no text is held out, and");
  }

  @Test
  void aPopulationWithoutANumberOnHeldOutTextIsRankedByTheSearchTextAndTheResultSaysSo() {
    workers.overflowWhere((id, request) -> request.text().path().equals("held-out"));

    SearchResult result = run(MeasuredSpecs.full().with(new Evolution(4, 1, 0, 0)));

    PopulationSnapshot last = workers.store().snapshots().get(1);
    assertThat(result.bestId()).isEqualTo(last.best().candidateId());
    assertThat(result.notes())
        .singleElement()
        .asString()
        .contains("has a number on the held-out text (its loss is not finite)");
  }

  @Test
  void aDescentFromABaseWithoutANumberLeavesThePopulationAsItIsAndTheNextOneGoesOn() {
    workers.overflowWhere(
        (id, request) -> id.equals("base") && workers.store().snapshots().size() == 1);

    run(MeasuredSpecs.full().with(new Evolution(4, 2, 0, 0)).with(new Mix(12, 2, false)));

    assertThat(String.join("\n", workers.calls()))
        .contains(
            """
            11 probed on 8 of search
            3 DESCEND proposed in iteration 1
            1 record of iteration 1
            1 PROBE proposed in iteration 2
            11 probed on 8 of search
            3 DESCEND proposed in iteration 2
            6 evaluated on 16 of search
            1 record of iteration 2""");
    assertThat(workers.store().snapshots().get(1).survivors())
        .isEqualTo(workers.store().snapshots().get(0).survivors());
    Draws draws = new Draws(MeasuredSpecs.text("search"), FakeBlockWorkers.WINDOWS, 7);
    assertThat(workers.store().snapshots())
        .as("where nothing was measured, the windows of before")
        .extracting(PopulationSnapshot::measuredOn)
        .containsExactly(
            List.of(draws.stage(0, 2, 16)),
            List.of(draws.stage(0, 2, 16)),
            List.of(draws.stage(2, 2, 16)));
  }

  @Test
  void anLlmIsAskedInDescentsTooButChanceIsNot() {
    Generator llm = Generator.LargeLanguageModel.compatible("http://localhost/v1", "llm", 1, 100);

    run(MeasuredSpecs.full().with(llm));

    assertThat(iterations(Operator.MUTATE)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(iterations(Operator.CROSS_OVER)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(iterations(Operator.LEVEL_SWITCH)).containsExactly(3, 4, 5, 6);
    assertThat(workers.proposalsBy(Operator.MUTATE))
        .extracting(ProposalRequest::generator)
        .containsOnly(llm);
    for (Operator own : List.of(Operator.PROBE, Operator.DESCEND, Operator.LEVEL_SWITCH)) {
      assertThat(workers.proposalsBy(own))
          .extracting(ProposalRequest::generator)
          .containsOnly(new Generator.BuiltIn());
    }
  }

  @Test
  void keepsThePrunedModelOfEveryOneThatBecameTheBest() {
    SearchResult result = run(MeasuredSpecs.plain(4).keepingImproved());

    List<String> best =
        workers.store().snapshots().stream().map(each -> each.best().candidateId()).toList();
    List<String> became = new ArrayList<>();
    for (String id : best) {
      if (became.isEmpty() || !became.get(became.size() - 1).equals(id)) {
        became.add(id);
      }
    }
    became.add(result.bestId());
    assertThat(workers.requests(PruneRequest.class)).extracting(PruneRequest::id).isEqualTo(became);
    assertThat(result.improved()).hasSize((int) became.stream().distinct().count());
  }

  @Test
  void theFormatOfModelsIsThereFromTheBeginningToTheEnd() {
    MeasuredSpecs keeping = MeasuredSpecs.plain(1).keepingImproved();
    SearchResult sliced = run(keeping.spec().withFormat(ModelFormat.PADDED));
    SearchResult fitted =
        run(keeping.withDampings(List.of(0.01)).spec().withFormat(ModelFormat.PADDED));

    assertThat(workers.requests(CalibrationRequest.class))
        .extracting(CalibrationRequest::format)
        .containsExactly(ModelFormat.PADDED, ModelFormat.PADDED);
    assertThat(workers.requests(PruneRequest.class))
        .hasSizeGreaterThan(2)
        .extracting(PruneRequest::format)
        .containsOnly(ModelFormat.PADDED);
    assertThat(workers.requests(FitRequest.class))
        .extracting(FitRequest::format)
        .containsExactly(ModelFormat.PADDED);
    assertThat(List.of(sliced, fitted))
        .extracting(result -> result.model().format())
        .containsOnly(ModelFormat.PADDED);
  }

  @Test
  void aSearchWhoseLlmTokensRunOutEndsWithTheReason() {
    Generator llm = Generator.LargeLanguageModel.compatible("http://localhost/v1", "llm", 1, 100);
    LlmLimits limits = new LlmLimits(800L, null, List.of());

    SearchResult result =
        new MeasuredRun(workers).search(MeasuredSpecs.full().with(llm).spec(limits));

    assertThat(result.exhausted()).isEqualTo("the limit of 800 LLM tokens");
    assertThat(result.spending().tokens()).as("4 first, 3 mutated, 1 crossed").isEqualTo(800);
    assertThat(result.credits())
        .extracting(credit -> credit.operator() + " " + credit.offspring())
        .containsExactly("INITIALISE 4", "MUTATE 3", "CROSS_OVER 1", "DESCEND 2");
    assertThat(workers.store().snapshots()).as("iteration 1 isn't complete").hasSize(1);
  }

  /** A search, its first iteration, which descends, and its second, which does not. */
  @ParameterizedTest
  @ValueSource(strings = {"measured-search.json", "descent.json", "measured-iteration.json"})
  void replaysTheHistoriesOfEarlierSearches(String name) throws IOException {
    try (InputStream json = getClass().getResourceAsStream("histories/" + name)) {
      MeasuredRun.replay(
          WorkflowExecutionHistory.fromJson(
              new String(json.readAllBytes(), UTF_8), RECORDED_SEARCH));
    }
  }

  private List<Integer> iterations(Operator operator) {
    return workers.proposalsBy(operator).stream().map(ProposalRequest::iteration).toList();
  }

  private SearchResult run(MeasuredSpecs specs) {
    return run(specs.spec());
  }

  private SearchResult run(SearchSpec spec) {
    return new MeasuredRun(workers).search(spec);
  }
}
