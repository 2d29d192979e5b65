package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.RecordRequest;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.activities.search.TextWindows;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One search with a method that uses all there is, and what it left. */
class MeasuredSearchTest {
  private static FakeBlockWorkers workers;
  private static SearchResult result;

  @BeforeAll
  static void search() {
    workers = new FakeBlockWorkers();
    result = new MeasuredRun(workers).search(MeasuredSpecs.full().spec());
  }

  @Test
  void whatIsSearchedIsBetterThanItsSeedAndThatThanUniform() {
    double seed = onTest(candidate(workers.store().snapshots().get(0), "INITIALISE-0-0"));
    double searched = onTest(candidate(last(), result.bestId()));
    assertThat(searched).isLessThan(seed);
    assertThat(seed).isLessThan(result.uniform().perplexity());
    assertThat(result.searched().perplexity()).isCloseTo(searched, within(1e-12));
    assertThat(result.fitted().get(0).perplexity()).isLessThan(searched);
    assertThat(result.dense().perplexity()).isCloseTo(Math.E, within(1e-12));
    assertThat(result.searched().parameters()).isEqualTo(420);
  }

  @Test
  void theLastStageMeasuresParentsAndOffspringOnTheSameWindows() {
    for (int i = 3; i <= 6; i++) {
      PopulationSnapshot parents = workers.store().snapshots().get(i - 1);
      PopulationSnapshot children = workers.store().snapshots().get(i);
      List<EvaluationRequest> lastStage = stage(i, 2);
      assertThat(lastStage).extracting(EvaluationRequest::text).containsOnly(draw(i, 2));
      Set<String> measured =
          lastStage.stream().flatMap(request -> request.ids().stream()).collect(Collectors.toSet());
      assertThat(measured).hasSize(8).containsAll(ids(parents.survivors()));
      assertThat(measured).containsAll(ids(children.survivors()));
      assertThat(recordOf(i).offspring())
          .as("what was tried, in numbers that can be compared")
          .extracting(Fitness::candidateId)
          .hasSize(4)
          .doesNotContainAnyElementsOf(ids(parents.survivors()));
    }
  }

  @Test
  void everyStageLeavesTheBestOfTheOneBefore() {
    for (int round = 1; round <= 2; round++) {
      List<Fitness> before =
          stage(3, round - 1).stream().flatMap(MeasuredSearchTest::fitness).toList();
      int left = MeasuredSpecs.full().stages().get(round - 1).survivors();
      Set<String> best = Set.copyOf(ids(Selection.distinct(List.of(), before, left)));
      Set<String> parents = Set.copyOf(ids(workers.store().snapshots().get(2).survivors()));
      assertThat(stage(3, round).stream().flatMap(request -> request.ids().stream()))
          .filteredOn(id -> !parents.contains(id))
          .containsExactlyInAnyOrderElementsOf(best);
    }
  }

  @Test
  void everyMeasurementIsMadeUpForAndOnWindowsOfTheSearchText() {
    assertThat(workers.requests(EvaluationRequest.class))
        .filteredOn(request -> request.text().path().equals("search"))
        .isNotEmpty()
        .allSatisfy(
            request -> {
              assertThat(request.compensation()).isEqualTo(new Compensation.LeastSquares(0.01));
              assertThat(request.text().firstWindow()).isGreaterThanOrEqualTo(10);
              assertThat(request.text().firstWindow() + request.text().windows())
                  .isLessThanOrEqualTo(10 + FakeBlockWorkers.WINDOWS);
            });
    assertThat(workers.requests(EvaluationRequest.class))
        .filteredOn(request -> request.text().path().equals(FakeBlocks.TEST))
        .extracting(request -> request.ids().get(0) + " " + request.compensation())
        .startsWith("dense None[]", "uniform LeastSquares[damping=0.01]");
  }

  @Test
  void proposalsKnowTheSpaceAndWhatWasProbed() {
    assertThat(workers.requests(ProposalRequest.class))
        .extracting(ProposalRequest::space)
        .containsOnly(SearchSpace.BLOCKS);
    List<ArtifactRef> dense = workers.proposalsBy(Operator.INITIALISE).get(0).probes();
    assertThat(dense).hasSize(1);
    assertThat(workers.proposalsBy(Operator.LEVEL_SWITCH))
        .hasSize(4)
        .allSatisfy(request -> assertThat(request.probes()).isEqualTo(dense));
    assertThat(workers.proposalsBy(Operator.DESCEND))
        .hasSize(2)
        .allSatisfy(
            request -> assertThat(request.probes()).hasSize(1).doesNotContainAnyElementsOf(dense));
    assertThat(workers.proposalsBy(Operator.DESCEND))
        .extracting(request -> request.probing().get(0).step())
        .containsExactly(0.1, 0.025);
    assertThat(workers.proposalsBy(Operator.PROBE))
        .extracting(request -> request.probing().get(0).step())
        .containsExactly(0.1, 0.1, 0.025);
  }

  @Test
  void offspringShiftToOperatorsWhoseOffspringSurvive() {
    for (int i = 4; i <= 6; i++) {
      List<Credit> credits = workers.store().snapshots().get(i - 1).credits();
      int iteration = i;
      assertThat(
              List.of(Operator.MUTATE, Operator.CROSS_OVER, Operator.LEVEL_SWITCH).stream()
                  .collect(Collectors.toMap(each -> each, each -> count(each, iteration))))
          .isEqualTo(
              Offspring.wanted(
                  MeasuredSpecs.full().spec(), MeasuredSpecs.full().method(), i, credits));
    }
    assertThat(List.of(count(Operator.MUTATE, 4), count(Operator.MUTATE, 5)))
        .as("none of the three mutations of iteration 3 survived")
        .containsExactly(2, 2);
  }

  @Test
  void creditsCountWhatWasProposedAndWhatStayed() {
    for (Credit credit : result.credits()) {
      int proposed =
          workers.store().snapshots().stream()
              .mapToInt(snapshot -> proposedBy(credit.operator(), snapshot.iteration()))
              .sum();
      int survived =
          workers.store().snapshots().stream()
              .mapToInt(
                  snapshot ->
                      (int)
                          snapshot.survivors().stream()
                              .filter(
                                  each ->
                                      each.candidateId()
                                          .startsWith(
                                              "%s-%d-"
                                                  .formatted(
                                                      credit.operator(), snapshot.iteration())))
                              .count())
              .sum();
      assertThat(credit).isEqualTo(new Credit(credit.operator(), proposed, survived));
    }
    assertThat(result.credits()).extracting(Credit::operator).doesNotContain(Operator.PROBE);
  }

  @Test
  void tokensAndEvaluationsAreThoseOfProbesStagesAndRanking() {
    List<EvaluationRequest> searched =
        workers.requests(EvaluationRequest.class).stream()
            .filter(request -> !request.text().path().equals(FakeBlocks.TEST))
            .toList();
    assertThat(result.evaluations())
        .isEqualTo(searched.stream().mapToInt(request -> request.ids().size()).sum());
    assertThat(result.tokens())
        .isEqualTo(
            searched.stream()
                .mapToLong(
                    request ->
                        (long) request.ids().size()
                            * FakeBlockWorkers.TOKENS
                            * Math.min(FakeBlockWorkers.WINDOWS, request.text().windows()))
                .sum());
    assertThat(Estimates.evaluations(MeasuredSpecs.full().spec(), FakeBlocks.LAYERS, 19))
        .as("told beforehand, but for the steps that blocks on an edge lack")
        .isBetween(result.evaluations(), result.evaluations() + 12);
  }

  @Test
  void theHeldOutTextChoosesAmongTheLastPopulation() {
    List<Fitness> ranked =
        workers.requests(EvaluationRequest.class).stream()
            .filter(request -> request.text().path().equals("held-out"))
            .flatMap(MeasuredSearchTest::fitness)
            .toList();
    assertThat(ids(ranked)).containsExactlyElementsOf(ids(last().survivors()));
    assertThat(result.bestId())
        .isEqualTo(Selection.best(List.of(), ranked, 1).get(0).candidateId())
        .as("another than the best on the last windows")
        .isNotEqualTo(last().best().candidateId());
    assertThat(result.fitness())
        .isEqualTo(
            last().survivors().stream()
                .filter(each -> each.candidateId().equals(result.bestId()))
                .findFirst()
                .orElseThrow()
                .perplexity());
  }

  @Test
  void isTheSameAgain() {
    FakeBlockWorkers others = new FakeBlockWorkers();
    assertThat(new MeasuredRun(others).search(MeasuredSpecs.full().spec())).isEqualTo(result);
  }

  /** Before or after what it does, any call may be lost. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void callsThatFailNowAndThenLeaveTheResultAsItIs(long seed) {
    FakeBlockWorkers others = new FakeBlockWorkers();
    others.failNowAndThen(seed);
    SearchResult other = new MeasuredRun(others).search(MeasuredSpecs.full().spec());
    assertThat(others.mishaps()).isGreaterThan(15);
    assertThat(other)
        .usingRecursiveComparison()
        .ignoringFields("alreadyKnown") // what an attempt that failed had measured
        .isEqualTo(result);
  }

  private static PopulationSnapshot last() {
    List<PopulationSnapshot> all = workers.store().snapshots();
    return all.get(all.size() - 1);
  }

  private static PruningPlan candidate(PopulationSnapshot snapshot, String id) {
    return workers
        .store()
        .read(snapshot.population(), Population.class)
        .candidates()
        .candidate(id)
        .plan();
  }

  private static double onTest(PruningPlan plan) {
    return FakeBlocks.perplexity(
        plan, MeasuredSpecs.text(FakeBlocks.TEST), new Compensation.LeastSquares(0.01));
  }

  private static List<EvaluationRequest> stage(int iteration, int round) {
    return workers.requests(EvaluationRequest.class).stream()
        .filter(request -> request.text().equals(draw(iteration, round)))
        .toList();
  }

  private static TextWindows draw(int iteration, int round) {
    return new Draws(MeasuredSpecs.text("search"), FakeBlockWorkers.WINDOWS, 7)
        .stage(iteration, round, MeasuredSpecs.full().stages().get(round).windows());
  }

  private static Stream<Fitness> fitness(EvaluationRequest request) {
    return workers.fitness(request).stream();
  }

  private static RecordRequest recordOf(int iteration) {
    return workers.requests(RecordRequest.class).get(iteration);
  }

  private static int count(Operator operator, int iteration) {
    return workers.proposalsBy(operator).stream()
        .filter(request -> request.iteration() == iteration)
        .mapToInt(ProposalRequest::count)
        .sum();
  }

  private static int proposedBy(Operator operator, int iteration) {
    return (int)
        workers.proposed(operator, iteration).stream().mapToLong(each -> each.ids().size()).sum();
  }

  private static List<String> ids(List<Fitness> fitness) {
    return fitness.stream().map(Fitness::candidateId).toList();
  }
}
