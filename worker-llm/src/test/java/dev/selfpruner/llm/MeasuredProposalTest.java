package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.plan.Allocation;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.ProbeResult;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A search that measures first, as its workflow asks for it. */
class MeasuredProposalTest {
  private static final PrunableModel MODEL = Models.small(4);
  private static final Budget BUDGET = new Budget(MODEL, Requests.SPARSITY);
  private static final Probing PROBING = new Probing(5, 8, 8, 0.1, 0);
  private static final int BATCH = 20;

  private final LlmWorker worker = new LlmWorker();
  private final ArtifactStore store = worker.store();

  @ParameterizedTest
  @EnumSource(SearchSpace.class)
  void measuresSeedsAndDescendsWithoutAnLlm(SearchSpace space) throws IOException {
    Requests requests = new Requests(store, MODEL, new Generator.BuiltIn());
    List<ArtifactRef> probes = probed(propose(requests.probe(), space, List.of()));

    Proposal first = propose(requests.initialise(6), space, probes);
    Sensitivity sensitivity = sensitivity();
    assertThat(first.ids()).hasSize(6).first().isEqualTo("i00-initialise-00");
    assertThat(worker.candidates(first).get(0).plan())
        .isEqualTo(
            space == SearchSpace.BLOCKS
                ? new Allocation(BUDGET).blocks(sensitivity)
                : BUDGET.plan(new Allocation(BUDGET).rates(sensitivity)));
    assertThat(worker.candidates(first).get(1).plan()).isEqualTo(BUDGET.uniform());

    Candidate uniform = worker.candidates(first).get(1);
    ArtifactRef population = population(uniform);
    Proposal neighbours =
        propose(requests.vary(1, Operator.PROBE, 4, population), space, List.of());
    assertThat(neighbours.ids()).startsWith("base").hasSizeGreaterThan(8);
    assertThat(CandidateSet.read(store.read(neighbours.candidates())).candidate("base").plan())
        .isEqualTo(uniform.plan());

    Proposal descent =
        propose(requests.vary(1, Operator.DESCEND, 3, population), space, probed(neighbours));
    assertThat(descent.ids()).startsWith("i01-descend-00", "i01-descend-01");
    assertThat(worker.candidates(descent))
        .allSatisfy(
            candidate -> {
              assertThat(perplexity(candidate.plan())).isLessThan(perplexity(uniform.plan()));
              assertThat(candidate.lineage().parents()).containsExactly(uniform.id());
            });
    assertThat(sensitivity())
        .as("of the dense model, not of the neighbours")
        .isEqualTo(sensitivity);
  }

  @Test
  void aDescentFromABaseWithoutANumberProposesNothingAndSaysSo() throws IOException {
    Requests requests = new Requests(store, MODEL, new Generator.BuiltIn());
    Candidate uniform =
        CandidateSet.read(store.read(worker.propose(requests.baselines()).candidates()))
            .candidate("uniform");
    ArtifactRef population = population(uniform);
    Proposal neighbours =
        propose(requests.vary(1, Operator.PROBE, 4, population), SearchSpace.BLOCKS, List.of());
    List<ArtifactRef> probes = probed(neighbours, 5);
    List<ArtifactRef> broken = withoutNumber("base", probes);
    assertThat(broken).hasSizeGreaterThan(1);

    Proposal nothing =
        propose(requests.vary(1, Operator.DESCEND, 3, population), SearchSpace.BLOCKS, broken);

    assertThat(nothing.ids()).isEmpty();
    assertThat(nothing.exhausted()).as("the search goes on").isEmpty();
    assertThat(nothing.note())
        .isEqualTo("no descent, since uniform has no number on its windows: its loss overflows");
    List<ArtifactRef> partly =
        Stream.concat(broken.subList(0, 1).stream(), probes.subList(1, probes.size()).stream())
            .toList();
    Proposal descent =
        propose(requests.vary(2, Operator.DESCEND, 3, population), SearchSpace.BLOCKS, partly);
    assertThat(descent.ids()).as("by the batches in which it has one").isNotEmpty();
    assertThat(descent.note()).isEmpty();
  }

  @Test
  void aDenseModelWithoutANumberEndsTheSearchSinceNothingCanBeFoundWithIt() throws IOException {
    Requests requests = new Requests(store, MODEL, new Generator.BuiltIn());
    List<ArtifactRef> broken =
        withoutNumber("dense", probed(propose(requests.probe(), SearchSpace.BLOCKS, List.of())));
    ProposalRequest request =
        Requests.measuring(requests.initialise(4), SearchSpace.BLOCKS, PROBING, broken);

    assertThatThrownBy(
            () ->
                CalledActivities.of(PopulationActivities.class, new PopulationActivitiesImpl(store))
                    .propose(request))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getOriginalMessage())
                  .contains("is the model sound, and its numeric type wide enough?");
            });
  }

  @Test
  void probingsThatWereGatheredSayWhatTheirBatchesSay() throws IOException {
    Requests requests = new Requests(store, MODEL, new Generator.BuiltIn());
    List<ArtifactRef> probes = probed(propose(requests.probe(), SearchSpace.BLOCKS, List.of()));
    assertThat(probes).hasSizeGreaterThan(2);
    PopulationActivities activities =
        CalledActivities.of(PopulationActivities.class, new PopulationActivitiesImpl(store));
    List<ProbeResult> batches =
        probes.stream().map(ref -> new ProbeResult(ref, 20, 1, 300)).toList();
    ProbeResult first = activities.gather(batches.subList(0, 2));
    ProbeResult all =
        activities.gather(
            Stream.concat(Stream.of(first), batches.subList(2, batches.size()).stream()).toList());
    assertThat(all)
        .extracting(ProbeResult::evaluated, ProbeResult::alreadyKnown, ProbeResult::tokens)
        .containsExactly(20 * probes.size(), probes.size(), 300L * probes.size());

    Proposal gathered = propose(requests.initialise(4), SearchSpace.BLOCKS, List.of(all.fitness()));

    MeasuredProposalTest apart = new MeasuredProposalTest();
    Requests others = new Requests(apart.store, MODEL, new Generator.BuiltIn());
    Proposal inBatches =
        apart.propose(
            others.initialise(4),
            SearchSpace.BLOCKS,
            apart.probed(apart.propose(others.probe(), SearchSpace.BLOCKS, List.of())));
    assertThat(gathered.candidates().sha256()).isEqualTo(inBatches.candidates().sha256());
  }

  @Test
  void halfOfAMeasuredFirstPopulationIsAskedOfTheLlmWhichIsToldOfIt() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      Requests requests = new Requests(store, MODEL, informed(server));
      List<ArtifactRef> probes = probed(propose(requests.probe(), SearchSpace.BLOCKS, List.of()));

      Proposal first = propose(requests.initialise(7), SearchSpace.BLOCKS, probes);

      assertThat(first.fallbacks()).isZero();
      assertThat(worker.candidates(first))
          .extracting(candidate -> candidate.lineage().source())
          .containsExactly(
              "built-in",
              "built-in",
              "built-in",
              LlmWorker.MODEL,
              LlmWorker.MODEL,
              LlmWorker.MODEL,
              LlmWorker.MODEL);
      assertThat(worker.candidates(first).get(0).plan())
          .isEqualTo(new Allocation(BUDGET).blocks(sensitivity()));
      assertThat(worker.candidates(first))
          .allSatisfy(candidate -> requireOnBudget(candidate.plan()));
      assertThat(server.requests().get(0).prompt())
          .contains("# What cutting one place costs", "Reply with 4 lists");

      ArtifactRef population = population(worker.candidates(first).get(0));
      Proposal mutants =
          propose(requests.vary(1, Operator.MUTATE, 3, population), SearchSpace.BLOCKS, probes);
      assertThat(worker.candidates(mutants))
          .hasSize(3)
          .allSatisfy(
              candidate -> {
                assertThat(candidate.lineage().source()).isEqualTo(LlmWorker.MODEL);
                requireOnBudget(candidate.plan());
              });
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void whatIsCalculatedIsNotAskedOfAnLlm() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying()) {
      Requests requests = new Requests(store, MODEL, informed(server));
      Proposal dense = propose(requests.probe(), SearchSpace.BLOCKS, List.of());
      ArtifactRef population =
          population(
              CandidateSet.read(
                      store.read(
                          worker
                              .propose(
                                  new Requests(store, MODEL, new Generator.BuiltIn()).baselines())
                              .candidates()))
                  .candidate("uniform"));

      Proposal switches =
          propose(
              requests.vary(1, Operator.LEVEL_SWITCH, 5, population),
              SearchSpace.BLOCKS,
              probed(dense));

      assertThat(switches.ids()).hasSize(5);
      assertThat(switches.fallbacks()).isZero();
      assertThat(worker.candidates(switches))
          .extracting(candidate -> candidate.lineage().source())
          .containsOnly("built-in");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void probesOfNoFinenessAreAnErrorThatNoRetryMends() {
    ProposalRequest request = new Requests(store, MODEL, new Generator.BuiltIn()).probe();

    assertThatThrownBy(
            () ->
                CalledActivities.of(PopulationActivities.class, new PopulationActivitiesImpl(store))
                    .propose(request))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getType()).isEqualTo(PopulationActivitiesImpl.INVALID_REQUEST);
              assertThat(failure.getOriginalMessage())
                  .isEqualTo("a request for probes says how fine they are");
            });
  }

  private Proposal propose(ProposalRequest request, SearchSpace space, List<ArtifactRef> probes) {
    return worker.propose(Requests.measuring(request, space, PROBING, probes));
  }

  private Sensitivity sensitivity() throws IOException {
    return Json.read(
        store.read(store.find(SearchIndex.sensitivity(Requests.SEARCH)).orElseThrow()),
        Sensitivity.class);
  }

  /** In batches, each with the candidate that all are compared with. */
  private List<ArtifactRef> probed(Proposal proposal) throws IOException {
    return probed(proposal, BATCH);
  }

  private List<ArtifactRef> probed(Proposal proposal, int batch) throws IOException {
    List<Candidate> candidates = worker.candidates(proposal);
    List<ArtifactRef> probes = new ArrayList<>();
    for (int from = 1; from < candidates.size(); from += batch) {
      List<Fitness> fitness =
          Stream.concat(
                  Stream.of(candidates.get(0)),
                  candidates.subList(from, Math.min(candidates.size(), from + batch)).stream())
              .map(each -> new Fitness(each.id(), perplexity(each.plan()), false))
              .toList();
      probes.add(store.put(Json.writeBytes(new Probes(proposal.candidates(), fitness))));
    }
    return probes;
  }

  /** The same probes, but a candidate of theirs has overflowed. */
  private List<ArtifactRef> withoutNumber(String id, List<ArtifactRef> probes) throws IOException {
    List<ArtifactRef> broken = new ArrayList<>();
    for (ArtifactRef ref : probes) {
      Probes batch = Json.read(store.read(ref), Probes.class);
      List<Fitness> fitness =
          batch.fitness().stream()
              .map(
                  each ->
                      each.candidateId().equals(id)
                          ? new Fitness(
                              id, Double.POSITIVE_INFINITY, false, 0L, "its loss overflows")
                          : each)
              .toList();
      broken.add(store.put(Json.writeBytes(new Probes(batch.candidates(), fitness))));
    }
    return broken;
  }

  private ArtifactRef population(Candidate candidate) throws IOException {
    return store.put(
        Json.writeBytes(
            new Population(0, List.of(new Individual(candidate, perplexity(candidate.plan()))))));
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

  private static void requireOnBudget(PruningPlan plan) {
    double removed = MODEL.blockParameters() - (double) MODEL.parameters(plan);
    assertThat(Math.abs(removed - BUDGET.parametersToRemove()))
        .isLessThanOrEqualTo(0.5 * MODEL.neuronParameters() + 1e-6);
  }

  private static LargeLanguageModel informed(FakeOpenAiServer server) {
    return new LargeLanguageModel(
        Provider.OPENAI,
        server.baseUrl(),
        LlmWorker.MODEL,
        0.7,
        2_000,
        AnswerFormat.TEXT,
        LargeLanguageModel.INFORMED,
        "");
  }
}
