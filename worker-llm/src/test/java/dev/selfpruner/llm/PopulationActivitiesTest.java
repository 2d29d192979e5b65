package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.KeepAlive;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.InMemoryArtifactStore;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.FoundPlan;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.RecordRequest;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.llm.testing.CalledActivities;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.llm.testing.Requests;
import dev.selfpruner.llm.testing.WatchedStore;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PopulationActivitiesTest {
  private final InMemoryArtifactStore store = new InMemoryArtifactStore();
  private final PopulationActivities activities =
      CalledActivities.of(PopulationActivities.class, new PopulationActivitiesImpl(store));
  private final Requests requests = new Requests(store, Models.small(6), new Generator.BuiltIn());

  @Test
  void baselinesAreTheDenseModelAndTheUniformPlan() throws IOException {
    Budget budget = new Budget(Models.small(6), Requests.SPARSITY);

    Proposal proposal = activities.propose(requests.baselines());

    CandidateSet set = CandidateSet.read(store.read(proposal.candidates()));
    assertThat(proposal.ids()).containsExactly("dense", "uniform");
    assertThat(set.candidate("dense").plan()).isEqualTo(budget.model().dense());
    assertThat(set.candidate("uniform").plan()).isEqualTo(budget.uniform());
  }

  @Test
  void candidatesAndTheUniformPlanKeepMultiplesButForOneLayer() throws IOException {
    Requests multiples = new Requests(store, Models.small(6), new Generator.BuiltIn()).keeping(64);

    for (ProposalRequest request : List.of(multiples.initialise(4), multiples.baselines())) {
      CandidateSet set = CandidateSet.read(store.read(activities.propose(request).candidates()));

      assertThat(set.candidates())
          .allSatisfy(
              candidate ->
                  assertThat(candidate.plan().layers())
                      .filteredOn(layer -> layer.neurons() % 64 != 0)
                      .hasSizeLessThan(2));
    }
  }

  @Test
  void aProposalIsMadeOnceAndFoundAgainWhateverIsAskedThen() throws IOException {
    Proposal proposal = activities.propose(requests.initialise(4));
    ProposalRequest askedOtherwise =
        new Requests(store, Models.small(7), new Generator.BuiltIn()).initialise(9);

    Proposal again =
        CalledActivities.of(PopulationActivities.class, new PopulationActivitiesImpl(store))
            .propose(askedOtherwise);

    assertThat(again).isEqualTo(proposal);
    assertThat(proposal.fallbacks()).isZero();
    assertThat(proposal.ids())
        .containsExactly(
            "i00-initialise-00", "i00-initialise-01", "i00-initialise-02", "i00-initialise-03");
    assertThat(CandidateSet.read(store.read(proposal.candidates())).candidates())
        .extracting(Candidate::id)
        .isEqualTo(proposal.ids());
  }

  @Test
  void anEmptyStoreGivesTheSameProposalAgain() {
    InMemoryArtifactStore other = new InMemoryArtifactStore();
    Requests otherRequests = new Requests(other, Models.small(6), new Generator.BuiltIn());

    assertThat(
            CalledActivities.of(PopulationActivities.class, new PopulationActivitiesImpl(other))
                .propose(otherRequests.initialise(4)))
        .extracting(proposal -> proposal.candidates().sha256())
        .isEqualTo(activities.propose(requests.initialise(4)).candidates().sha256());
  }

  @Test
  void populationsAreRecordedOnceAndTheLatestIsFound() throws IOException {
    assertThat(activities.latest(Requests.SEARCH)).isEmpty();
    PopulationSnapshot first = record(0, activities.propose(requests.initialise(4)), List.of());
    Proposal offspring =
        activities.propose(requests.vary(1, Operator.MUTATE, 2, first.population()));
    PopulationSnapshot second = record(1, offspring, List.of(first));

    assertThat(activities.latest(Requests.SEARCH)).containsExactly(second);
    assertThat(activities.latest("another search")).isEmpty();
    Population population = Json.read(store.read(second.population()), Population.class);
    assertThat(population.individuals())
        .extracting(individual -> individual.candidate().id())
        .containsExactly(
            "i01-mutate-00", "i01-mutate-01", "i00-initialise-00", "i00-initialise-01");
    assertThat(population.individuals())
        .extracting(Individual::perplexity)
        .containsExactly(11.0, 12.0, 20.0, Double.POSITIVE_INFINITY);
    assertThat(record(1, activities.propose(requests.initialise(4)), List.of(first)))
        .isEqualTo(second);
  }

  @Test
  void findsTheLatestOfAThousandByTwoDozenRequestsToTheStore() throws IOException {
    PopulationSnapshot first = record(0, activities.propose(requests.initialise(4)), List.of());
    AtomicInteger asked = new AtomicInteger();
    Records records = new Records(new Artifacts(new WatchedStore(store, asked::incrementAndGet)));
    int most = 0;
    for (int i = 1; i <= 1_000; i++) {
      ArtifactRef snapshot = requests.put(snapshot(i, first));
      assertThat(store.index(SearchIndex.population(Requests.SEARCH, i), snapshot))
          .isEqualTo(snapshot);
      asked.set(0);
      assertThat(records.latest(Requests.SEARCH))
          .extracting(PopulationSnapshot::iteration)
          .containsExactly(i);
      most = Math.max(most, asked.get());
    }
    assertThat(most).isLessThanOrEqualTo(24);
  }

  private static PopulationSnapshot snapshot(int iteration, PopulationSnapshot like) {
    return new PopulationSnapshot(
        iteration, like.population(), like.survivors(), 4, 0, 0, List.of(), Spending.NOTHING, "");
  }

  @Test
  void aRecordSendsHeartbeatsWhileItsStoreIsSlow() throws Exception {
    CountDownLatch heartbeats = new CountDownLatch(2);
    WatchedStore slow = new WatchedStore(store, () -> await(heartbeats));
    TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    try {
      environment.registerActivitiesImplementations(new PopulationActivitiesImpl(slow));
      environment.setActivityHeartbeatListener(
          KeepAlive.Details.class, details -> heartbeats.countDown());

      assertThat(environment.newActivityStub(PopulationActivities.class).latest(Requests.SEARCH))
          .isEmpty();
    } finally {
      environment.close();
    }
    assertThat(heartbeats.getCount()).as("heartbeats that did not come").isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      boolean unused = latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatASearchHasCountedIsGivenBack() {
    Proposal proposal = activities.propose(requests.initialise(2));
    List<Credit> credits =
        List.of(new Credit(Operator.INITIALISE, 2, 2), new Credit(Operator.LEVEL_SWITCH, 0, 0));

    PopulationSnapshot snapshot =
        activities.record(
            new RecordRequest(
                Requests.SEARCH,
                0,
                List.of(new Fitness(proposal.ids().get(1), 20, false)),
                List.of(proposal.candidates()),
                List.of(),
                2,
                0,
                0,
                List.of(),
                List.of(),
                Spending.NOTHING,
                "",
                123_456L,
                credits,
                4,
                3_600L,
                List.of(new TextWindows("search", 128, 10, 16, true))));

    assertThat(activities.latest(Requests.SEARCH)).containsExactly(snapshot);
    assertThat(snapshot.tokens()).isEqualTo(123_456L);
    assertThat(snapshot.credits()).isEqualTo(credits);
    assertThat(snapshot.unchanged()).isEqualTo(4);
    assertThat(snapshot.seconds()).isEqualTo(3_600);
    assertThat(snapshot.measuredOn()).containsExactly(new TextWindows("search", 128, 10, 16, true));
    ObjectNode old = Json.mapper().valueToTree(snapshot);
    old.remove("measuredOn");
    assertThat(Json.readStored(Json.writeBytes(old), PopulationSnapshot.class).measuredOn())
        .as("of a record that doesn't say")
        .isEmpty();
  }

  @Test
  void aGapHidesWhatLiesBehindIt() throws IOException {
    PopulationSnapshot first = record(0, activities.propose(requests.initialise(4)), List.of());
    record(2, activities.propose(requests.initialise(4)), List.of());

    assertThat(activities.latest(Requests.SEARCH)).containsExactly(first);
  }

  @Test
  void aSurvivorThatNobodyKnowsIsAnErrorThatNoRetryMends() {
    Proposal proposal = activities.propose(requests.initialise(2));
    RecordRequest request =
        new RecordRequest(
            Requests.SEARCH,
            0,
            List.of(new Fitness("i00-initialise-77", 10, false)),
            List.of(proposal.candidates()),
            List.of(),
            2,
            0,
            0,
            List.of(),
            List.of(),
            Spending.NOTHING,
            "");

    assertThatThrownBy(() -> activities.record(request))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getType()).isEqualTo("InvalidRequest");
              assertThat(failure.getOriginalMessage())
                  .contains("i00-initialise-77", "i00-initialise-01");
            });
  }

  @Test
  void aBlobThatAnotherStoreMayHaveIsWaitedFor() {
    ArtifactRef missing = new ArtifactRef("memory:gone", "0".repeat(64), 1);

    assertThatThrownBy(() -> activities.propose(requests.vary(1, Operator.MUTATE, 2, missing)))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isFalse();
              assertThat(failure.getType()).isEqualTo("ArtifactStoreUnavailable");
              assertThat(failure.getOriginalMessage())
                  .contains("memory:gone", "artifact store in memory", "mounted");
            });
  }

  @Test
  void aConcludedSearchIsFoundAgainWithItsBestPlan() throws IOException {
    PopulationSnapshot last = record(0, activities.propose(requests.initialise(4)), List.of());
    SearchResult result = result(last);

    activities.conclude(result);
    activities.conclude(result);

    Population population = Json.read(store.read(last.population()), Population.class);
    assertThat(stored(SearchIndex.result(Requests.SEARCH), SearchResult.class)).isEqualTo(result);
    assertThat(stored(SearchIndex.bestPlan(Requests.SEARCH), PruningPlan.class))
        .isEqualTo(population.candidates().candidate("i00-initialise-01").plan());
  }

  @Test
  void theBestPlanSaysHowItWasFoundWhateverElseItsSpecSays() throws IOException {
    PopulationSnapshot last = record(0, activities.propose(requests.initialise(4)), List.of());
    String spec =
        """
        {"model": "m", "method": [{"order": "BRAIN_SURGEON", "dampings": [0.01], "invented": 1,
          "compensation": {"type": "least-squares", "damping": 0.02}}]}
        """;
    activities.begin(
        new SearchStart(
            Requests.SEARCH,
            SearchStart.workflowId(Requests.SEARCH),
            spec,
            List.of(),
            LlmLimits.NONE));

    activities.conclude(result(last));

    assertThat(
            Json.readStored(
                store.read(store.find(SearchIndex.bestPlan(Requests.SEARCH)).orElseThrow()),
                FoundPlan.class))
        .isEqualTo(
            new FoundPlan(
                Json.read(store.read(last.population()), Population.class)
                    .candidates()
                    .candidate("i00-initialise-01")
                    .plan()
                    .layers(),
                RemovalOrder.BRAIN_SURGEON,
                AttentionUnit.QUERY_HEAD,
                new Compensation.LeastSquares(0.02),
                List.of(0.01)));
  }

  private static SearchResult result(PopulationSnapshot last) {
    Measurement measurement = new Measurement(12.5, 900, 0.7);
    return new SearchResult(
        Requests.SEARCH,
        measurement,
        measurement,
        measurement,
        "i00-initialise-01",
        11,
        last.population(),
        new PrunedModel(last.population(), 900, 0.7),
        List.of(),
        4,
        0,
        0,
        Spending.NOTHING,
        LlmLimits.NONE,
        "");
  }

  /** Two of the new candidates survive, and two of the old ones, the last without a number. */
  private PopulationSnapshot record(
      int iteration, Proposal proposal, List<PopulationSnapshot> parents) {
    List<Fitness> survivors =
        parents.isEmpty()
            ? List.of(
                new Fitness(proposal.ids().get(0), 20, false),
                new Fitness(proposal.ids().get(1), Double.POSITIVE_INFINITY, false))
            : List.of(
                new Fitness(proposal.ids().get(0), 11, false),
                new Fitness(proposal.ids().get(1), 12, true),
                parents.get(0).survivors().get(0),
                parents.get(0).survivors().get(1));
    return activities.record(
        new RecordRequest(
            Requests.SEARCH,
            iteration,
            survivors,
            List.of(proposal.candidates()),
            parents.stream().map(PopulationSnapshot::population).toList(),
            4,
            1,
            0,
            List.of(),
            survivors.subList(0, 2),
            Spending.NOTHING,
            ""));
  }

  private <T> T stored(dev.selfpruner.activities.artifact.IndexKey key, Class<T> type)
      throws IOException {
    return Json.read(store.read(store.find(key).orElseThrow()), type);
  }
}
