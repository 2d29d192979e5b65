package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Calibration;
import java.util.List;

/**
 * What a run hands to the one that continues it as new, so that it neither asks for its groundwork
 * again nor forgets what it was told. Small whatever the model: what is large is an artifact.
 *
 * @param calibration of the model
 * @param groundwork of a search with a method: one, else none
 * @param expected evaluations of the whole search
 * @param steering by people
 */
record Continued(
    Calibration calibration, List<Groundwork> groundwork, int expected, Steering.State steering) {
  Continued {
    groundwork = List.copyOf(groundwork);
  }
}
