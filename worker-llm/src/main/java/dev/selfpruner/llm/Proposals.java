package dev.selfpruner.llm;

import dev.selfpruner.activities.KeepAlive;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LatencyBudget;
import dev.selfpruner.activities.plan.LatencyTable;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PlanBudget;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.MeasuredLatency;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.ProbeNames;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.llm.chat.Answer;
import dev.selfpruner.llm.chat.ApiKeys;
import dev.selfpruner.llm.chat.LanguageModel;
import dev.selfpruner.llm.chat.LlmTimeouts;
import dev.selfpruner.llm.operators.BuiltInOperators;
import dev.selfpruner.llm.operators.CandidatePool;
import dev.selfpruner.llm.operators.ProposalTask;
import dev.selfpruner.llm.operators.SingleBlocks;
import dev.selfpruner.llm.prompt.Knowledge;
import dev.selfpruner.llm.prompt.PromptSet;
import dev.selfpruner.llm.prompt.Prompts;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes each proposal once, and finds it again ever after. */
record Proposals(
    Artifacts artifacts, ApiKeys keys, IntFunction<LlmTimeouts> timeouts, CallListener calls) {
  private static final Logger log = LoggerFactory.getLogger(Proposals.class);

  /** Type of the failure where a limit does not pay for a single candidate. */
  static final String LIMIT_TOO_LOW = "LlmLimitTooLow";

  /** Type of the failure where recorded answers are asked for that there are none of. */
  static final String NOT_RECORDED = "LlmAnswerNotRecorded";

  Proposal propose(ProposalRequest request, KeepAlive alive) {
    return artifacts
        .find(SearchIndex.proposal(request), Proposal.class)
        .orElseGet(() -> make(request, alive));
  }

  private Proposal make(ProposalRequest request, KeepAlive alive) {
    alive.progress("calculating candidates");
    PlanBudget budget = budget(request);
    Account account = new Account(request.limits(), request.spent());
    List<Candidate> candidates =
        switch (request.operator()) {
          case BASELINE -> baselines(budget);
          case PROBE -> probes(request, budget);
          case INJECT -> throw new IllegalArgumentException("what a person gives is not made");
          case INITIALISE, MUTATE, CROSS_OVER, LEVEL_SWITCH, DESCEND ->
              drawn(request, budget, account, alive);
        };
    if (candidates.isEmpty() && request.operator() == Operator.INITIALISE) {
      throw ApplicationFailure.newNonRetryableFailure(
          account.exhausted() + " does not pay for a first candidate: raise it", LIMIT_TOO_LOW);
    }
    Proposal proposal = proposal(candidates, account, note(request, candidates));
    return proposal.isExhausted() // with a higher limit there will be more
        ? proposal
        : artifacts.putIfAbsent(SearchIndex.proposal(request), proposal, Proposal.class);
  }

  /** Why a descent proposes nothing, where that isn't since there is nothing better. */
  private String note(ProposalRequest request, List<Candidate> candidates) {
    if (request.operator() != Operator.DESCEND || !candidates.isEmpty()) {
      return "";
    }
    String note =
        new ProbeReader(artifacts)
            .failed(request)
            .map(
                reason ->
                    "no descent, since %s has no number on its windows: %s"
                        .formatted(population(request).get(0).candidate().id(), reason))
            .orElse("");
    if (!note.isEmpty()) {
      log.warn("iteration {}: {}", request.iteration(), note);
    }
    return note;
  }

  private PlanBudget budget(ProposalRequest request) {
    return budget(request, artifacts.read(request.calibration().prunable(), PrunableModel.class));
  }

  ProbeNames probes(ProposalRequest request, int from, int most, KeepAlive alive) {
    Proposal proposal = propose(request, alive);
    int count = proposal.ids().size();
    int first = Math.min(from, count);
    return new ProbeNames(
        proposal.candidates(),
        count,
        first,
        proposal.ids().subList(first, Math.min(count, first + most)));
  }

  /** Whether there is a plan for what a person gives is told before it waits for its iteration. */
  ArtifactRef keepInjected(InjectedCandidate candidate, ProposalRequest request) {
    PlanBudget budget = budget(request);
    candidate.plan().ifPresent(budget.model()::parameters); // refuses another model's
    CandidatePool pool = new CandidatePool(task(request, budget, List.of()));
    if (offer(pool, candidate) == CandidatePool.Outcome.OFF_BUDGET) {
      throw new IllegalArgumentException(
          "no plan with these %s removes %.4f of the block parameters: give others"
              .formatted(candidate.rates().isEmpty() ? "units" : "rates", request.sparsity()));
    }
    return artifacts.put(candidate);
  }

  /** A function of what is given: a second call makes the same. */
  Proposal inject(List<ArtifactRef> injected, ProposalRequest request) {
    CandidatePool pool = new CandidatePool(task(request, budget(request)));
    for (ArtifactRef each : injected) {
      CandidatePool.Outcome unused = offer(pool, artifacts.read(each, InjectedCandidate.class));
    }
    Proposal proposal =
        proposal(pool.candidates(), new Account(request.limits(), Spending.NOTHING), "");
    Proposal
        unused = // for people who look at the search; another of the same iteration may be there
        artifacts.putIfAbsent(SearchIndex.proposal(request), proposal, Proposal.class);
    return proposal;
  }

  private static CandidatePool.Outcome offer(CandidatePool pool, InjectedCandidate candidate) {
    return candidate
        .layerRates()
        .map(rates -> pool.offer(rates, BuiltInOperators.INJECTED_SOURCE, List.of()))
        .orElseGet(
            () -> pool.offer(candidate.plan().orElseThrow(), BuiltInOperators.INJECTED_SOURCE));
  }

  private PlanBudget budget(ProposalRequest request, PrunableModel model) {
    for (LatencyGoal goal : request.latency()) {
      LatencyTable table = artifacts.read(goal.table(), MeasuredLatency.class).table();
      double seconds = goal.target().seconds(table);
      return new LatencyBudget(model, table, seconds, request.widthMultiple());
    }
    return new Budget(model, request.sparsity(), request.widthMultiple());
  }

  private Proposal proposal(List<Candidate> candidates, Account account, String note) {
    int fallbacks =
        (int)
            candidates.stream()
                .filter(candidate -> BuiltInOperators.isStandIn(candidate.lineage().source()))
                .count();
    ArtifactRef set = artifacts.put(new CandidateSet(candidates));
    List<String> ids = candidates.stream().map(Candidate::id).toList();
    return new Proposal(set, ids, fallbacks, account.spending(), account.exhausted(), note);
  }

  /** The model as it is, and the same share taken from every layer. */
  private static List<Candidate> baselines(PlanBudget budget) {
    Lineage lineage = new Lineage(0, Operator.BASELINE, BuiltInOperators.SOURCE, List.of());
    int layers = budget.model().layers().size();
    PruningPlan dense = budget.model().dense();
    LayerRates uniform = budget.project(LayerRates.uniform(layers, budget.sparsity()));
    return List.of(
        new Candidate("dense", LayerRates.uniform(layers, 0.0), dense, lineage),
        new Candidate("uniform", uniform, budget.uniform(), lineage));
  }

  private List<Candidate> probes(ProposalRequest request, PlanBudget budget) {
    Probing probing =
        request.probing().stream()
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("a request for probes says how fine they are"));
    SingleBlocks blocks =
        new SingleBlocks(budget.model(), request.space(), probing, budget.widthMultiple());
    List<Individual> population = population(request);
    return population.isEmpty()
        ? blocks.ofDense()
        : blocks.around(population.get(0), request.iteration(), request.count());
  }

  private List<Candidate> drawn(
      ProposalRequest request, PlanBudget budget, Account account, KeepAlive alive) {
    ProposalTask task = task(request, budget);
    CandidatePool pool = new CandidatePool(task);
    if (request.generator() instanceof LargeLanguageModel llm
        && BuiltInOperators.isTheGenerators(request.operator())) {
      BuiltInOperators.begin(pool, task);
      ask(llm, request, task, pool, account, alive);
      if (account.exhausted().isEmpty()) {
        String source = BuiltInOperators.standingInFor(llm.model());
        BuiltInOperators.fill(pool, task, source);
      }
    } else {
      BuiltInOperators.fill(pool, task, request.generator());
    }
    return pool.candidates();
  }

  private ProposalTask task(ProposalRequest request, PlanBudget budget) {
    return task(request, budget, population(request));
  }

  private ProposalTask task(
      ProposalRequest request, PlanBudget budget, List<Individual> population) {
    boolean descends = request.operator() == Operator.DESCEND;
    ProbeReader probes = new ProbeReader(artifacts);
    return new ProposalTask(
        request.iteration(),
        request.operator(),
        request.count(),
        request.seed(),
        budget,
        population,
        request.space(),
        descends ? List.of() : probes.sensitivity(request, budget.model()),
        descends ? probes.neighbours(request, budget.model()) : List.of());
  }

  private void ask(
      LargeLanguageModel llm,
      ProposalRequest request,
      ProposalTask task,
      CandidatePool pool,
      Account account,
      KeepAlive alive) {
    alive.progress("waiting for " + llm.model());
    PromptSet set = new PromptSets(artifacts).named(llm.prompt());
    Knowledge knowledge = new KnowledgeReader(artifacts).read(request, set);
    LlmProposer.Endpoint endpoint =
        llm.isRecorded()
            ? unrecorded(llm)
            : asked(llm, request.searchKey(), request.limits(), alive);
    new LlmProposer(
            artifacts,
            endpoint,
            llm,
            request,
            task,
            pool,
            new Prompts(set, task, llm.answerFormat(), knowledge),
            account)
        .fill();
  }

  private LlmProposer.Endpoint asked(
      LargeLanguageModel llm, String searchKey, LlmLimits limits, KeepAlive alive) {
    LanguageModel languageModel =
        new LanguageModel(llm, keys, timeouts.apply(llm.maxOutputTokens()));
    return question -> {
      alive.check(); // throws if the activity was cancelled
      long start = System.nanoTime();
      try {
        Answer answer = languageModel.ask(question);
        Patience.answered(alive);
        calls.answered(
            call(llm, start),
            answer.inputTokens(),
            answer.outputTokens(),
            limits.cost(answer.inputTokens(), answer.outputTokens()));
        return answer;
      } catch (ApplicationFailure failure) {
        calls.failed(call(llm, start), failure.getType());
        throw Patience.withARefusal(
            Patience.withAnswers(failure, alive), () -> artifacts.hasAnswers(searchKey));
      }
    };
  }

  private static CallListener.Call call(LargeLanguageModel llm, long start) {
    return new CallListener.Call(
        llm.provider(), llm.model(), Duration.ofNanos(System.nanoTime() - start));
  }

  private static LlmProposer.Endpoint unrecorded(LargeLanguageModel llm) {
    return question -> {
      throw ApplicationFailure.newNonRetryableFailure(
          "the record of search %s has no further answer: it was another search, or did not end"
              .formatted(llm.answersOf()),
          NOT_RECORDED);
    };
  }

  private List<Individual> population(ProposalRequest request) {
    return request.population().stream()
        .map(ref -> artifacts.read(ref, Population.class))
        .flatMap(population -> population.individuals().stream())
        .toList();
  }
}
