package dev.selfpruner.workflows;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.workflows.SearchProgress.Phase;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayList;
import java.util.List;

/** {@inheritDoc} */
public final class SearchWorkflowImpl implements SearchWorkflow {
  /** Type of the failure of a candidate that is given while the search comes to its end. */
  static final String TOO_LATE = "TooLate";

  private static final List<String> BASELINES = List.of("dense", "uniform");

  private final ModelActivities model = Policies.model();
  private final PopulationActivities proposals = Policies.proposals();
  private final PopulationActivities records = Policies.records();
  private final SearchInput input;
  private final Steering steering;
  private final BatchGate gate;
  private final ProgressBoard board;
  private boolean steerable;

  /** What is searched: none before that is known, then one. */
  private final List<SearchSpec> specs = new ArrayList<>();

  /** The iteration under way: none, or one. */
  private final List<IterationWorkflow> underWay = new ArrayList<>();

  /** What an injection is brought onto the budget with: none before it is there, then one. */
  private final List<Continued> prepared = new ArrayList<>();

  /**
   * What the iterations came to.
   *
   * @param last iteration's outcome
   * @param ended why there are no more; empty where none is missing
   */
  private record Evolved(PopulationSnapshot last, String ended) {}

  @WorkflowInit
  public SearchWorkflowImpl(RawValue input) {
    this.input = Memos.isContinued() ? SearchInput.readContinued(input) : SearchInput.read(input);
    steering =
        new Steering(Memos.continued().map(Continued::steering).orElse(Steering.State.NOTHING));
    gate = new BatchGate(steering::isPaused);
    board = new ProgressBoard(this.input.evaluations(), steering);
    if (this.input instanceof SearchInput.Whole whole) {
      knows(whole.spec());
    }
  }

  @Override
  public SearchResult search(RawValue unread) {
    return search(input.spec());
  }

  private SearchResult search(SearchSpec asked) {
    knows(asked);
    if (Policies.withLimits() && !Memos.isContinued() && Policies.begins()) {
      begin(asked);
    }
    board.expect(Estimates.evaluations(asked, 0, 0));
    steerable = Policies.isSteerable();
    if (steerable) {
      board.tell(registeredAttributes());
    }
    List<Continued> handed = Memos.continued().stream().toList();
    Calibration calibration =
        handed.isEmpty()
            ? model.calibrate(Preparation.calibration(asked))
            : handed.get(0).calibration();
    SearchSpec spec =
        handed.isEmpty() && Policies.withClaims() ? Claims.claim(asked, calibration) : asked;
    if (spec.run() != asked.run()) {
      begin(spec);
    }
    knows(spec);
    Continued known = handed.isEmpty() ? prepare(spec, calibration) : handed.get(0);
    prepared.add(known);
    board.expect(
        Estimates.sum(
            known.expected(),
            Estimates.further(
                spec, steering.layers(), iterations(), steering.extension().iterations())));
    Evolved evolved = evolve(spec, known);
    steering.end();
    SearchSpec extended = steering.extension().applied(spec);
    SearchResult result =
        spec.method().isEmpty()
            ? report(extended, calibration, evolved)
            : finish(extended, calibration, known.groundwork().get(0), evolved);
    records.conclude(result);
    board.wrote(result.model().files().uri());
    board.enter(Phase.FINISHED);
    Workflow.await(Workflow::isEveryHandlerFinished);
    return result;
  }

  /** What is searched; with another number of the run once that is claimed. */
  private void knows(SearchSpec spec) {
    specs.clear();
    specs.add(spec);
    board.knows(spec);
  }

  private SearchSpec spec() {
    if (specs.isEmpty()) {
      throw new IllegalStateException(
          "the search's input is still being completed: try again in a moment");
    }
    return specs.get(0);
  }

  private Continued prepare(SearchSpec spec, Calibration calibration) {
    steering.knows(calibration.layers());
    List<Groundwork> groundwork =
        new Preparation(model, proposals, board, gate, spec).groundwork(calibration);
    int expected = board.progress().evaluations();
    return new Continued(calibration, groundwork, expected, steering.state());
  }

  /** A server that can't be asked is one without any. */
  private static List<String> registeredAttributes() {
    try {
      return Policies.server().searchAttributes();
    } catch (ActivityFailure e) {
      if (CancellationScope.current().isCancelRequested()) {
        throw e;
      }
      return List.of();
    }
  }

  @Override
  public SearchProgress progress() {
    return board.progress();
  }

  @Override
  public PopulationView population() {
    return PopulationView.of(board.last());
  }

  @Override
  public PopulationView best() {
    return population().bestAlone();
  }

  @Override
  public SpendingView spending() {
    SearchSpec extended = steering.extension().applied(spec());
    SearchProgress progress = board.progress();
    return new SpendingView(
        progress.spending(),
        extended.limits(),
        progress.tokens(),
        progress.evaluated(),
        extended.stopping(),
        iterations());
  }

  @Override
  public void checkPause(RawValue reason, RawValue by) {
    UpdateInput.check(() -> steering.requirePausable(UpdateInput.checkedWords(reason, by)));
  }

  @Override
  public SearchProgress pause(RawValue reason, RawValue by) {
    steering.pause(UpdateInput.words(reason, by), Workflow.currentTimeMillis());
    return held(true);
  }

  @Override
  public void checkResume() {
    UpdateInput.check(() -> steering.requirePaused());
  }

  @Override
  public SearchProgress resume() {
    steering.resume();
    return held(false);
  }

  @Override
  public void checkStop(RawValue reason, RawValue by) {
    UpdateInput.check(() -> steering.requireStoppable(UpdateInput.checkedWords(reason, by)));
  }

  @Override
  public SearchProgress stop(RawValue reason, RawValue by) {
    boolean paused = steering.isPaused();
    steering.stop(UpdateInput.words(reason, by), Workflow.currentTimeMillis());
    return paused ? held(false) : told();
  }

  @Override
  public void checkExtend(RawValue more) {
    UpdateInput.check(() -> steering.requireExtensible(spec(), UpdateInput.checkedExtension(more)));
  }

  @Override
  public SearchProgress extend(RawValue given) {
    Extension more = UpdateInput.extension(given);
    steering.extend(more);
    board.expect(
        Estimates.sum(
            board.progress().evaluations(),
            Estimates.further(spec(), steering.layers(), iterations(), more.iterations())));
    return told();
  }

  @Override
  public void checkInject(RawValue candidate) {
    UpdateInput.check(() -> steering.requireInjectable(UpdateInput.checkedCandidate(candidate)));
  }

  @Override
  public SearchProgress inject(RawValue given) {
    ArtifactRef kept = kept(UpdateInput.candidate(given));
    if (steering.isEnding()) {
      throw ApplicationFailure.newNonRetryableFailure(
          "the search has begun its end meanwhile: the candidate comes too late", TOO_LATE);
    }
    steering.inject(kept);
    return told();
  }

  private ArtifactRef kept(InjectedCandidate candidate) {
    steering.arrives();
    try {
      Workflow.await(() -> !prepared.isEmpty());
      ProposalRequest request =
          ProposalRequests.injection(
              steering.extension().applied(spec()), prepared.get(0), board.progress().iteration());
      return proposals.keepInjected(candidate, request);
    } finally {
      steering.arrived();
    }
  }

  private SearchProgress told() {
    board.steered();
    return board.progress();
  }

  /** Tells the iteration under way. */
  private SearchProgress held(boolean isHeld) {
    for (IterationWorkflow iteration : List.copyOf(underWay)) {
      Signals.unlessEnded(() -> iteration.hold(isHeld));
    }
    return told();
  }

  @Override
  public void evaluated(BatchProgress batch) {
    if (batch != null) { // anybody may send a signal without input, and it stays in the history
      board.after(batch);
    }
  }

  private Evolved evolve(SearchSpec spec, Continued known) {
    List<PopulationSnapshot> parents = records.latest(spec.key());
    long began = Memos.began(parents.stream().mapToLong(PopulationSnapshot::seconds).sum());
    board.enter(Phase.SEARCHING);
    int next = parents.stream().mapToInt(snapshot -> snapshot.iteration() + 1).sum();
    String ended = "";
    for (int i = next; ; i++) {
      if (i <= iterations()) {
        board.at(i, parents, Totals.before(parents, known.groundwork()));
      }
      ended = endedBefore(parents, i, began);
      if (ended.isEmpty() && i <= iterations() && isForTheNextHistory(i - next)) {
        Workflow.await(Workflow::isEveryHandlerFinished);
        // goes on from the last record, with an empty history
        Memos.continueAsNew(
            spec,
            began,
            new Continued(
                known.calibration(), known.groundwork(), known.expected(), steering.state()));
      }
      if (steering.isPaused()) { // before the end as well: it may be extended meanwhile
        Workflow.await(() -> !steering.isPaused());
        ended = endedBefore(parents, i, began);
      }
      if (!ended.isEmpty() || i > iterations()) {
        break;
      }
      List<PopulationSnapshot> outcome = iterateWhilePaidFor(i, parents, known, began);
      if (outcome.isEmpty()) {
        ended = steering.stoppedInWords();
        break;
      }
      parents = outcome;
    }
    PopulationSnapshot last = parents.get(0);
    board.at(last.iteration(), parents, Totals.before(parents, known.groundwork()));
    return new Evolved(last, last.isExhausted() ? last.exhausted() : ended);
  }

  /** Iterations after the first population. */
  private int iterations() {
    return spec().evolution().iterations() + steering.extension().iterations();
  }

  /**
   * Whether the next iteration is another history's: this one is long enough, or the workers' new
   * version is to have it, which a server says of a search that is pinned to theirs. Not before an
   * iteration is done: a search that somebody pinned with an override stays where it is, and would
   * begin histories without end.
   *
   * @param iterations in this history
   */
  private boolean isForTheNextHistory(int iterations) {
    WorkflowInfo info = Workflow.getInfo();
    return info.isContinueAsNewSuggested()
        || (iterations > 0 && info.isTargetWorkerDeploymentVersionChanged())
        || (steerable && iterations >= Policies.ITERATIONS_A_HISTORY);
  }

  /**
   * An iteration's outcome. One whose LLM a limit didn't pay for is not recorded, and is begun
   * again where that limit was extended meanwhile, or is while the search is paused; what was
   * answered before is found, and isn't paid for twice.
   */
  private List<PopulationSnapshot> iterateWhilePaidFor(
      int number, List<PopulationSnapshot> parents, Continued known, long began) {
    List<ArtifactRef> injected = new ArrayList<>(steering.takeInjected());
    while (true) {
      LlmLimits before = limits();
      List<PopulationSnapshot> outcome = iterate(number, parents, known, began, injected);
      List<String> lacking =
          outcome.stream()
              .filter(PopulationSnapshot::isExhausted)
              .map(PopulationSnapshot::exhausted)
              .toList();
      if (lacking.isEmpty() || !Policies.beginsAgainWithMore()) {
        return outcome;
      }
      Workflow.await(() -> !steering.isPaused());
      LlmLimits now = limits();
      boolean isLimited = now.equals(before) || lacking.stream().anyMatch(now::isCauseOf);
      if (steering.isStopped()
          || isLimited
          || !endedBefore(parents, number, began).isEmpty()) { // by what was reached meanwhile
        return outcome;
      }
      injected.addAll(steering.takeInjected());
      board.at(number, parents, Totals.before(parents, known.groundwork()));
    }
  }

  /** On what may be asked of an LLM now. */
  private LlmLimits limits() {
    return steering.extension().applied(spec()).limits();
  }

  /** An iteration's outcome; empty where it was given up since the search is to end. */
  private List<PopulationSnapshot> iterate(
      int number,
      List<PopulationSnapshot> parents,
      Continued known,
      long began,
      List<ArtifactRef> injected) {
    IterationWorkflow iteration = Policies.iteration(Workflow.getInfo().getWorkflowId(), number);
    IterationInput input =
        new IterationInput(
            steering.extension().applied(spec()),
            known.calibration(),
            number,
            parents,
            known.groundwork(),
            injected,
            Memos.secondsSince(began));
    List<Promise<PopulationSnapshot>> begun = new ArrayList<>();
    CancellationScope scope =
        Workflow.newCancellationScope(() -> begun.add(Async.function(iteration::iterate, input)));
    underWay.add(iteration);
    try {
      scope.run();
      Promise<PopulationSnapshot> outcome = begun.get(0);
      Workflow.await(() -> outcome.isCompleted() || (steering.isStopped() && !parents.isEmpty()));
      if (!outcome.isCompleted()) {
        scope.cancel("the search is to end");
      }
      return List.of(outcome.get());
    } catch (ChildWorkflowFailure | CanceledFailure e) {
      if (steering.isStopped()
          && !parents.isEmpty()
          && !CancellationScope.current().isCancelRequested()) {
        return recorded(number);
      }
      throw e;
    } finally {
      underWay.clear();
    }
  }

  /** What an iteration had come to that was cancelled while it was recorded; empty before that. */
  private List<PopulationSnapshot> recorded(int iteration) {
    return Policies.looksAtWhatItGaveUp()
        ? records.latest(spec().key()).stream()
            .filter(last -> last.iteration() == iteration)
            .toList()
        : List.of();
  }

  private static void begin(SearchSpec spec) {
    Policies.beginnings()
        .begin(
            new SearchStart(
                spec.key(), spec.workflowId(), Json.write(spec), spec.generators(), spec.limits()));
  }

  /** Why no iteration may follow; empty where one may, and before the first. */
  private String endedBefore(List<PopulationSnapshot> parents, int iteration, long began) {
    if (iteration > iterations()) {
      return ""; // all have come
    }
    SearchSpec spec = steering.extension().applied(spec());
    return parents.stream().map(last -> ended(spec, last, began)).findFirst().orElse("");
  }

  private String ended(SearchSpec spec, PopulationSnapshot last, long began) {
    if (last.isExhausted()) {
      return last.exhausted();
    }
    return steering.isStopped()
        ? steering.stoppedInWords()
        : Stops.reason(spec.stopping(), last, Memos.secondsSince(began));
  }

  private SearchResult finish(
      SearchSpec spec, Calibration calibration, Groundwork groundwork, Evolved evolved) {
    Compensation compensation = spec.method().get(0).compensation();
    Measuring measuring = new Measuring(model, spec, calibration, compensation, gate, board::after);
    return new Finish(
            model,
            proposals,
            board,
            measuring,
            groundwork.latency(),
            evolved.last(),
            evolved.ended())
        .result();
  }

  /** The end of a search as published. */
  private SearchResult report(SearchSpec spec, Calibration calibration, Evolved evolved) {
    PopulationSnapshot last = evolved.last();
    board.enter(Phase.MEASURING);
    Proposal baselines =
        proposals.propose(
            ProposalRequests.of(
                spec,
                calibration,
                0,
                Operator.BASELINE,
                BASELINES.size(),
                Spending.NOTHING,
                List.of()));
    List<Measurement> before = measure(spec, calibration, baselines.candidates(), BASELINES);
    String best = last.best().candidateId();
    List<Measurement> after = measure(spec, calibration, last.population(), List.of(best));
    PrunedModel pruned =
        model.prune(
            new PruneRequest(
                spec.model(),
                calibration,
                last.population(),
                best,
                new Compensation.None(),
                spec.format()));
    return new SearchResult(
        spec.key(),
        before.get(0),
        before.get(1),
        after.get(0),
        best,
        last.best().perplexity(),
        last.population(),
        pruned,
        last.improved(),
        last.evaluated(),
        last.alreadyKnown(),
        last.fallbacks(),
        last.spending(),
        spec.limits(),
        evolved.ended(),
        List.of(),
        last.tokens(),
        last.credits(),
        List.of(),
        List.of());
  }

  private List<Measurement> measure(
      SearchSpec spec, Calibration calibration, ArtifactRef candidates, List<String> ids) {
    return model.measure(
        new EvaluationRequest(
            spec.model(),
            calibration,
            candidates,
            ids,
            spec.testText(),
            new Objective.Perplexity()));
  }
}
