package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.plan.LatencyTable;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.MeasuredLatency;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.Probes;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.llm.testing.CalledActivities;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.llm.testing.Requests;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operator keeps to a budget of time, whatever the times are. */
class LatencyProposalTest {
  private static final PrunableModel MODEL = Models.small(4);
  private static final Probing PROBING = new Probing(5, 8, 8, 0.1, 0);

  private final LlmWorker worker = new LlmWorker();
  private final ArtifactStore store = worker.store();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void allThatIsProposedMeetsItToOneUnit(int seed) throws IOException {
    LatencyTable table = table(new Random(seed));
    LatencyGoal goal = goal(table, new Target.TimeShare(0.5 + 0.09 * seed, "cpu", 1, 256));
    Requests requests = new Requests(store, MODEL, new Generator.BuiltIn());
    List<ArtifactRef> probes = probed(propose(requests.probe(), goal, List.of()));
    List<Candidate> all = new ArrayList<>();

    List<Candidate> baselines = worker.candidates(propose(requests.baselines(), goal, List.of()));
    assertThat(baselines.get(0).plan()).isEqualTo(MODEL.dense());
    all.add(baselines.get(1));
    List<Candidate> first = worker.candidates(propose(requests.initialise(8), goal, probes));
    assertThat(first).hasSize(8);
    assertThat(first.get(1).plan()).isEqualTo(baselines.get(1).plan());
    all.addAll(first);
    ArtifactRef population = population(first);
    for (Operator operator : List.of(Operator.MUTATE, Operator.CROSS_OVER, Operator.LEVEL_SWITCH)) {
      List<Candidate> offspring =
          worker.candidates(propose(requests.vary(1, operator, 6, population), goal, probes));
      assertThat(offspring).as("%s", operator).isNotEmpty();
      all.addAll(offspring);
    }
    Proposal neighbours = propose(requests.vary(1, Operator.PROBE, 4, population), goal, List.of());
    all.addAll(
        worker.candidates(
            propose(requests.vary(1, Operator.DESCEND, 3, population), goal, probed(neighbours))));

    all.forEach(each -> requireMet(each, table, goal.target().seconds(table)));
  }

  @Test
  void whatAnLlmAnswersIsBroughtOntoIt() throws IOException {
    LatencyTable table = table(new Random(9));
    LatencyGoal goal = goal(table, new Target.TimeShare(0.7, "cpu", 1, 256));
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      LargeLanguageModel llm =
          new LargeLanguageModel(
              Provider.OPENAI,
              server.baseUrl(),
              LlmWorker.MODEL,
              0.7,
              2_000,
              AnswerFormat.TEXT,
              LargeLanguageModel.INFORMED,
              "");
      Requests requests = new Requests(store, MODEL, llm);
      List<ArtifactRef> probes = probed(propose(requests.probe(), goal, List.of()));

      List<Candidate> first = worker.candidates(propose(requests.initialise(6), goal, probes));

      assertThat(first)
          .extracting(candidate -> candidate.lineage().source())
          .contains(LlmWorker.MODEL);
      first.forEach(each -> requireMet(each, table, goal.target().seconds(table)));
    }
  }

  @Test
  void whatNoPlanMeetsIsRefusedBeforeAnythingIsProbed() throws IOException {
    LatencyTable table = table(new Random(1));
    Requests requests = new Requests(store, MODEL, new Generator.BuiltIn());

    assertThatThrownBy(
            () ->
                CalledActivities.of(PopulationActivities.class, new PopulationActivitiesImpl(store))
                    .propose(
                        request(
                            requests.probe(),
                            goal(table, new Target.TimeShare(0.001, "cpu", 1, 256)),
                            List.of())))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getOriginalMessage())
                  .startsWith("no plan takes ")
                  .contains("the smallest takes");
            });
  }

  private Proposal propose(ProposalRequest request, LatencyGoal goal, List<ArtifactRef> probes) {
    return worker.propose(request(request, goal, probes));
  }

  private static ProposalRequest request(
      ProposalRequest request, LatencyGoal goal, List<ArtifactRef> probes) {
    return Requests.measuring(request, SearchSpace.BLOCKS, PROBING, probes)
        .withLatency(List.of(goal));
  }

  private LatencyGoal goal(LatencyTable table, Target.Latency target) throws IOException {
    return new LatencyGoal(
        target,
        store.put(Json.writeBytes(new MeasuredLatency("cpu", "FLOAT32", "test", 1, 256, table))));
  }

  /** Counted without the code under test. */
  private static void requireMet(Candidate candidate, LatencyTable table, double seconds) {
    PruningPlan plan = candidate.plan();
    assertThat(table.seconds(plan)).as(candidate.id()).isLessThanOrEqualTo(seconds);
    for (int i = 0; i < plan.layers().size(); i++) {
      LayerPlan kept = plan.layers().get(i);
      List<LayerPlan> larger = new ArrayList<>();
      if (kept.neurons() < 512) {
        larger.add(new LayerPlan(kept.queryHeads(), kept.neurons() + 1));
      }
      if (kept.queryHeads() < 8) {
        larger.add(new LayerPlan(kept.queryHeads() + 1, kept.neurons()));
      }
      for (LayerPlan more : larger) {
        List<LayerPlan> layers = new ArrayList<>(plan.layers());
        layers.set(i, more);
        assertThat(table.seconds(new PruningPlan(layers)))
            .as("%s with %s in layer %d", candidate.id(), more, i)
            .isGreaterThan(seconds);
      }
    }
  }

  private static LatencyTable table(Random random) {
    List<Integer> widths = List.of(1, 128, 256, 384, 512);
    return new LatencyTable(
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    new LatencyTable.Layer(
                        1, rising(8, random), widths, rising(widths.size(), random)))
            .toList(),
        1e-3 * random.nextDouble());
  }

  /** Milliseconds, with a step that costs nothing now and then. */
  private static List<Double> rising(int count, Random random) {
    List<Double> seconds = new ArrayList<>();
    double sum = 1e-4 * random.nextDouble();
    for (int i = 0; i < count; i++) {
      seconds.add(sum);
      sum += random.nextInt(4) == 0 ? 0 : 1e-3 * random.nextDouble();
    }
    return seconds;
  }

  private List<ArtifactRef> probed(Proposal proposal) throws IOException {
    List<Fitness> fitness =
        worker.candidates(proposal).stream()
            .map(each -> new Fitness(each.id(), perplexity(each.plan()), false))
            .toList();
    return List.of(store.put(Json.writeBytes(new Probes(proposal.candidates(), fitness))));
  }

  private ArtifactRef population(List<Candidate> candidates) throws IOException {
    return store.put(
        Json.writeBytes(
            new Population(
                0,
                candidates.stream()
                    .map(each -> new Individual(each, perplexity(each.plan())))
                    .toList())));
  }

  /** Later layers bear less, and heads less than neurons. */
  private static double perplexity(PruningPlan plan) {
    double loss = 2.0;
    for (int i = 0; i < plan.layers().size(); i++) {
      LayerPlan kept = plan.layers().get(i);
      double heads = 1 - kept.queryHeads() / 8.0;
      double neurons = 1 - kept.neurons() / 512.0;
      loss += (i + 1) * (0.5 * heads * heads + 0.8 * neurons * neurons);
    }
    return Math.exp(loss);
  }
}
