package dev.selfpruner.infra.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Trials;
import dev.selfpruner.llm.Exchange;
import dev.selfpruner.llm.SearchIndex;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.Stops;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what the store holds of searches. */
public record SearchRecords(ArtifactStore store) {

  private static final List<Operator> FIRST = List.of(Operator.INITIALISE, Operator.INJECT);

  private static final List<Operator> OFFSPRING =
      List.of(
          Operator.MUTATE,
          Operator.CROSS_OVER,
          Operator.LEVEL_SWITCH,
          Operator.DESCEND,
          Operator.INJECT);

  /** The search that is known by a workflow's id. */
  public Optional<RecordedSearch> byWorkflow(String workflowId) throws IOException {
    Optional<SearchStart> start = find(SearchIndex.start(workflowId), SearchStart.class);
    return start.isEmpty()
        ? Optional.empty()
        : Optional.of(read(start.get().searchKey(), workflowId, start));
  }

  /** The search that artifacts are named by a key for; its workflow's id is the key's beginning. */
  public Optional<RecordedSearch> byKey(String key) throws IOException {
    String workflowId = SearchSpec.workflowId(key);
    RecordedSearch found =
        read(
            key,
            workflowId,
            find(SearchIndex.start(workflowId), SearchStart.class)
                .filter(start -> start.searchKey().equals(key)));
    return found.start().isEmpty() && found.iterations().isEmpty()
        ? Optional.empty()
        : Optional.of(found);
  }

  private RecordedSearch read(String key, String workflowId, Optional<SearchStart> start)
      throws IOException {
    List<RecordedIteration> iterations = new ArrayList<>();
    RecordedIteration next = iteration(key, 0);
    while (!next.isEmpty()) {
      iterations.add(next);
      next = iteration(key, iterations.size());
    }
    return new RecordedSearch(
        key,
        workflowId,
        start.stream().toList(),
        iterations,
        result(key, start, iterations).stream().toList(),
        find(SearchIndex.sensitivity(key), Sensitivity.class).stream().toList());
  }

  /**
   * A search that limits ended may be going on with higher ones, which are not recorded: its result
   * is none any more once an iteration with more evaluations is.
   */
  private Optional<SearchResult> result(
      String key, Optional<SearchStart> start, List<RecordedIteration> iterations)
      throws IOException {
    int evaluated = evaluated(iterations);
    Optional<SearchResult> complete = find(SearchIndex.result(key), SearchResult.class);
    if (complete.isPresent() || start.isEmpty()) {
      return complete;
    }
    List<IndexKey> early = new ArrayList<>(List.of(SearchIndex.result(key, start.get().limits())));
    SearchSpec spec = Json.readStored(start.get().spec().getBytes(UTF_8), SearchSpec.class);
    Stops.reasons(spec.stopping()).forEach(reason -> early.add(SearchIndex.result(key, reason)));
    long finished = iterations.stream().filter(each -> !each.outcome().isEmpty()).count();
    if (finished > 0) { // a person may have stopped it, for any reason
      early.add(SearchIndex.endedAfter(key, (int) finished - 1));
    }
    for (IndexKey each : early) {
      Optional<SearchResult> ended =
          find(each, SearchResult.class).filter(result -> result.evaluations() >= evaluated);
      if (ended.isPresent()) {
        return ended;
      }
    }
    return Optional.empty();
  }

  /** What the last finished iteration counts. */
  private static int evaluated(List<RecordedIteration> iterations) {
    return iterations.stream()
        .flatMap(iteration -> iteration.outcome().stream())
        .mapToInt(PopulationSnapshot::evaluated)
        .max()
        .orElse(0);
  }

  private RecordedIteration iteration(String key, int number) throws IOException {
    List<RecordedProposal> proposals = new ArrayList<>();
    for (Operator operator : number == 0 ? FIRST : OFFSPRING) {
      RecordedProposal proposal = proposal(key, number, operator);
      if (!proposal.isEmpty()) {
        proposals.add(proposal);
      }
    }
    return new RecordedIteration(
        number,
        find(SearchIndex.population(key, number), PopulationSnapshot.class).stream().toList(),
        proposals,
        find(SearchIndex.trials(key, number), Trials.class).stream()
            .flatMap(trials -> trials.individuals().stream())
            .filter(each -> !each.failed().isEmpty())
            .toList());
  }

  private RecordedProposal proposal(String key, int iteration, Operator operator)
      throws IOException {
    Optional<Proposal> made = find(SearchIndex.proposal(key, iteration, operator), Proposal.class);
    List<Candidate> candidates =
        made.isEmpty()
            ? List.of()
            : CandidateSet.read(store.read(made.get().candidates())).candidates();
    boolean finished = made.filter(proposal -> !proposal.isExhausted()).isPresent();
    return new RecordedProposal(
        operator,
        finished,
        candidates,
        questions(key, iteration, operator),
        made.map(Proposal::note).orElse(""));
  }

  private List<AskedQuestion> questions(String key, int iteration, Operator operator)
      throws IOException {
    List<AskedQuestion> questions = new ArrayList<>();
    Optional<Exchange> next =
        find(SearchIndex.transcript(key, iteration, operator, 0), Exchange.class);
    while (next.isPresent()) {
      questions.add(new AskedQuestion(iteration, operator, questions.size(), next.get()));
      next =
          find(SearchIndex.transcript(key, iteration, operator, questions.size()), Exchange.class);
    }
    return questions;
  }

  private <T> Optional<T> find(IndexKey key, Class<T> type) throws IOException {
    Optional<ArtifactRef> ref = store.find(key);
    return ref.isEmpty()
        ? Optional.empty()
        : Optional.of(Json.readStored(store.read(ref.get()), type));
  }
}
