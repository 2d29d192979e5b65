package dev.selfpruner.infra.endtoend;

import dev.selfpruner.activities.search.LaunchActivities;
import dev.selfpruner.activities.search.RunClaim;

/** Of a search that has its name to itself. */
final class FirstRun implements LaunchActivities {
  @Override
  public String complete(String input) {
    throw new UnsupportedOperationException("the search is started with a whole spec");
  }

  @Override
  public int claim(RunClaim claim) {
    return 1;
  }
}
