package dev.selfpruner.workflows;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.LaunchActivities;
import dev.selfpruner.activities.search.RunClaim;
import dev.selfpruner.activities.search.RunInputs;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Completes every input to the same spec, and remembers what the runs of searches read. */
final class FakeLaunch implements LaunchActivities {
  private final Map<String, RunInputs> claimed = new ConcurrentHashMap<>();
  private final List<String> completed = new CopyOnWriteArrayList<>();
  private final SearchSpec complete;

  /** Where every input is whole. */
  FakeLaunch() {
    this(null);
  }

  FakeLaunch(SearchSpec complete) {
    this.complete = complete;
  }

  /** Inputs that were not whole. */
  List<String> completed() {
    return List.copyOf(completed);
  }

  @Override
  public String complete(String input) {
    completed.add(input);
    if (complete == null) {
      throw ApplicationFailure.newNonRetryableFailure("model: not here", INVALID_INPUT);
    }
    return Json.write(complete);
  }

  @Override
  public int claim(RunClaim claim) {
    SearchSpec run = Json.read(claim.spec(), SearchSpec.class);
    RunInputs mine = claim.inputs().ownedBy(claim.owner());
    while (true) {
      RunInputs there = claimed.computeIfAbsent(run.key(), key -> mine);
      if (claim.owner().isEmpty() ? there.sameAs(mine) : there.equals(mine)) {
        return run.run();
      }
      run = run.withRun(run.run() + 1);
    }
  }
}
