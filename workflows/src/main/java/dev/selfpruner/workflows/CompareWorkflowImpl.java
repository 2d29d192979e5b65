package dev.selfpruner.workflows;

import io.temporal.common.VersioningBehavior;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import io.temporal.workflow.WorkflowVersioningBehavior;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@inheritDoc} */
public final class CompareWorkflowImpl implements CompareWorkflow {
  private final CompareInput input;
  private final List<Search> searches;
  private final SortedMap<Integer, CompareRow> rows = new TreeMap<>();
  private final List<Search> running = new ArrayList<>();

  /**
   * A search of the comparison.
   *
   * @param row that its result goes to
   */
  private record Search(int row, String entry, SearchSpec spec, String workflowId) {}

  @WorkflowInit
  public CompareWorkflowImpl(RawValue input) {
    this.input = CompareInput.read(input);
    searches = this.input instanceof CompareInput.Whole whole ? searches(whole.spec()) : List.of();
  }

  /**
   * {@inheritDoc}
   *
   * <p>It lasts as long as all of its searches and has one history: it goes over to the workers'
   * next version at once, and so do the searches that it begins from then on.
   */
  @Override
  @WorkflowVersioningBehavior(VersioningBehavior.AUTO_UPGRADE)
  public CompareResult compare(RawValue unread) {
    CompareSpec spec = input.spec();
    Deque<Search> waiting = new ArrayDeque<>(searches);
    List<Promise<Void>> lanes = new ArrayList<>();
    for (int i = 0; i < Math.min(spec.atATime(), searches.size()); i++) {
      lanes.add(
          Async.procedure(
              () -> {
                while (!waiting.isEmpty()) {
                  run(waiting.remove());
                }
              }));
    }
    lanes.forEach(Promise::get);
    return new CompareResult(List.copyOf(rows.values()));
  }

  @Override
  public CompareProgress progress() {
    return new CompareProgress(
        searches.size(),
        rows.size(),
        (int) rows.values().stream().filter(row -> !row.failure().isEmpty()).count(),
        running.stream()
            .map(
                search ->
                    new CompareProgress.Running(
                        search.entry(), search.spec().seed(), search.workflowId()))
            .toList());
  }

  /** Seed by seed, so that what is there before the end is there for every entry. */
  private static List<Search> searches(CompareSpec spec) {
    List<Search> searches = new ArrayList<>();
    int seeds = spec.seeds().size();
    for (int seed = 0; seed < seeds; seed++) {
      for (int entry = 0; entry < spec.entries().size(); entry++) {
        CompareEntry compared = spec.entries().get(entry);
        SearchSpec search = compared.spec().withSeed(spec.seeds().get(seed));
        String id = "%s-%d-%d".formatted(Workflow.getInfo().getWorkflowId(), entry, search.seed());
        searches.add(new Search(entry * seeds + seed, compared.name(), search, id));
      }
    }
    return searches;
  }

  private void run(Search search) {
    running.add(search);
    CompareRow row = row(search);
    running.remove(search);
    rows.put(search.row(), row);
    Workflow.setCurrentDetails(CompareDetails.of(searches.size(), rows.values()));
  }

  private static CompareRow row(Search search) {
    long seed = search.spec().seed();
    try {
      return CompareRow.finished(
          search.entry(),
          seed,
          Policies.search(search.workflowId()).search(SearchInput.of(search.spec())));
    } catch (ChildWorkflowFailure e) {
      if (CancellationScope.current().isCancelRequested()) {
        throw e;
      }
      return CompareRow.failed(search.entry(), seed, reason(e));
    }
  }

  /** What an activity raised, if one did, and what kind of failure that is. */
  private static String reason(ChildWorkflowFailure failure) {
    String reason = String.valueOf(failure.getMessage());
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ApplicationFailure raised) {
        reason = "%s (%s)".formatted(raised.getOriginalMessage(), raised.getType());
      }
    }
    return reason;
  }
}
