package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.InMemoryArtifactStore;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.llm.testing.CalledActivities;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.llm.testing.Requests;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Candidates that a person gives. */
class InjectionTest {
  private static final Budget BUDGET = new Budget(Models.small(3), Requests.SPARSITY);

  private final InMemoryArtifactStore store = new InMemoryArtifactStore();
  private final PopulationActivities activities =
      CalledActivities.of(PopulationActivities.class, new PopulationActivitiesImpl(store));
  private final Requests requests = new Requests(store, Models.small(3), new Generator.BuiltIn());
  private final LayerRates rates = new LayerRates(List.of(0.1, 0.5, 0.6));

  @Test
  void ratesAreBroughtOntoTheBudgetAndTheirLineageSaysThatTheyWereGiven() throws IOException {
    Proposal proposal = inject(InjectedCandidate.of(rates));

    assertThat(proposal.ids()).containsExactly("i02-inject-00");
    Candidate candidate = candidates(proposal).get(0);
    assertThat(candidate.plan()).isEqualTo(BUDGET.plan(BUDGET.project(rates)));
    assertThat(candidate.rates()).isEqualTo(BUDGET.project(rates));
    assertThat(candidate.lineage().operator()).isEqualTo(Operator.INJECT);
    assertThat(candidate.lineage().source()).isEqualTo("injected");
    assertThat(candidate.lineage().iteration()).isEqualTo(2);
    assertThat(
            Json.readStored(
                store.read(
                    store
                        .find(SearchIndex.proposal(Requests.SEARCH, 2, Operator.INJECT))
                        .orElseThrow()),
                Proposal.class))
        .isEqualTo(proposal);
  }

  @Test
  void unitsAreCompletedToTheBudget() throws IOException {
    PruningPlan plan =
        new PruningPlan(
            List.of(new LayerPlan(8, 400), new LayerPlan(6, 300), new LayerPlan(4, 200)));

    Candidate candidate = candidates(inject(InjectedCandidate.of(plan))).get(0);

    assertThat(candidate.plan()).isEqualTo(BUDGET.complete(plan));
  }

  @Test
  void whatIsInThePopulationOrGivenTwiceIsLeftOut() throws IOException {
    InjectedCandidate given = InjectedCandidate.of(rates);
    InjectedCandidate uniform = InjectedCandidate.of(LayerRates.uniform(3, Requests.SPARSITY));

    assertThat(candidates(inject(given, uniform, given)))
        .extracting(Candidate::plan)
        .containsExactly(BUDGET.plan(BUDGET.project(rates)));
  }

  @Test
  void theSameComesOutAgain() throws IOException {
    assertThat(inject(InjectedCandidate.of(rates))).isEqualTo(inject(InjectedCandidate.of(rates)));
  }

  @Test
  void whatFitsNoModelIsRefusedBeforeItWaits() {
    assertThatThrownBy(
            () ->
                activities.keepInjected(InjectedCandidate.of(LayerRates.uniform(4, 0.3)), given()))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("4 rates for 3 layers")
        .satisfies(e -> assertThat(((ApplicationFailure) e).isNonRetryable()).isTrue());
    assertThatThrownBy(
            () ->
                activities.keepInjected(
                    InjectedCandidate.of(
                        new PruningPlan(Collections.nCopies(3, new LayerPlan(9, 300)))),
                    given()))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("9");
  }

  private ProposalRequest given() {
    return requests.vary(2, Operator.INJECT, 1, population());
  }

  private Proposal inject(InjectedCandidate... given) {
    List<ArtifactRef> kept =
        List.of(given).stream().map(each -> activities.keepInjected(each, given())).toList();
    return activities.inject(kept, given());
  }

  private ArtifactRef population() {
    Proposal baselines = activities.propose(requests.baselines());
    try {
      Candidate uniform =
          CandidateSet.read(store.read(baselines.candidates())).candidate("uniform");
      return requests.put(new Population(1, List.of(new Individual(uniform, 20))));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<Candidate> candidates(Proposal proposal) throws IOException {
    return CandidateSet.read(store.read(proposal.candidates())).candidates();
  }
}
