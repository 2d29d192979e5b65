package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.workflows.SearchProgress.Phase;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps a search's progress, and shows it in Temporal's web interface: as current details, which
 * are no part of the history, after every batch; as search attributes and memo, which are, at the
 * beginnings of phases and iterations.
 */
final class ProgressBoard {
  /** Memo: where the last population is. */
  static final String POPULATION = "population";

  /** Memo: where the pruned model's files are named. */
  static final String MODEL = "model";

  /** A server's own limit is more; who looks for a model knows the beginning of its name. */
  private static final int LONGEST_NAME = 200;

  private final Steering steering;
  private final Map<String, Object> attributes = new HashMap<>();
  private SearchProgress progress;
  private List<PopulationSnapshot> last = List.of();
  private List<String> registered = List.of();
  private boolean telling;
  private String note = "";
  private String model = "";
  private double sparsity;
  private int iterations;

  ProgressBoard(int evaluations, Steering steering) {
    this.steering = steering;
    progress = SearchProgress.start(evaluations);
  }

  /** What is searched, once that is known. */
  void knows(SearchSpec spec) {
    model = spec.model();
    sparsity = spec.sparsity();
    iterations = spec.evolution().iterations();
  }

  /**
   * From now on, the server is told of what changes.
   *
   * @param attributes that are registered with it
   */
  void tell(List<String> attributes) {
    telling = true;
    registered = List.copyOf(attributes);
    String command = SearchAttributes.command(registered, Workflow.getInfo().getNamespace());
    note =
        command.isEmpty()
            ? ""
            : "To find searches by model, phase or perplexity, register their search attributes: `%s`"
                .formatted(command);
    publish();
  }

  SearchProgress progress() {
    return progress.paused(steering.pausedInWords());
  }

  /** The iteration that was finished last; none before the first. */
  List<PopulationSnapshot> last() {
    return last;
  }

  void enter(Phase phase) {
    show(progress.in(phase));
    publish();
  }

  void expect(int evaluations) {
    show(progress.expecting(evaluations));
  }

  void at(int iteration, List<PopulationSnapshot> before, Totals done) {
    boolean another = !before.equals(last);
    last = List.copyOf(before);
    show(progress.at(iteration, before, done));
    publish();
    if (telling && another) {
      last.forEach(each -> Workflow.upsertMemo(Map.of(POPULATION, each.population().uri())));
    }
  }

  void after(BatchProgress batch) {
    show(progress.after(batch));
  }

  /** It was steered. */
  void steered() {
    show(progress);
    publish();
  }

  /** Where the outcome is. */
  void wrote(String files) {
    if (telling) {
      Workflow.upsertMemo(Map.of(MODEL, files));
    }
  }

  private void show(SearchProgress now) {
    progress = now;
    int all = iterations + steering.extension().iterations();
    Workflow.setCurrentDetails(
        new SearchDetails(progress(), all, last, steering.stoppedInWords(), note).markdown());
  }

  /** What has changed of the attributes that are registered. */
  private void publish() {
    if (!telling) {
      return;
    }
    SearchProgress now = progress();
    List<SearchAttributeUpdate<?>> updates = new ArrayList<>();
    String path = model.replace('\\', '/').replaceAll("/+$", "");
    String name = path.substring(path.lastIndexOf('/') + 1);
    update(
        updates, SearchAttributes.MODEL, name.substring(0, Math.min(LONGEST_NAME, name.length())));
    update(updates, SearchAttributes.TARGET, sparsity);
    update(updates, SearchAttributes.ITERATION, (long) now.iteration());
    update(updates, SearchAttributes.PHASE, SearchDetails.phase(now));
    update(updates, SearchAttributes.SPENT, now.spending().cost());
    if (Double.isFinite(now.best())) {
      update(updates, SearchAttributes.BEST, now.best());
    }
    if (!updates.isEmpty()) {
      Workflow.upsertTypedSearchAttributes(updates.toArray(SearchAttributeUpdate<?>[]::new));
    }
  }

  private <T> void update(
      List<SearchAttributeUpdate<?>> updates, SearchAttributeKey<T> key, T value) {
    if (registered.contains(key.getName()) && !value.equals(attributes.put(key.getName(), value))) {
      updates.add(SearchAttributeUpdate.valueSet(key, value));
    }
  }
}
