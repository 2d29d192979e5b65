package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.gpu.engine.Chunk;
import java.util.List;

/**
 * Everything that the loss of a plan on a window of a text depends on: same key, same numbers. It
 * names contents, not places, so a moved model or text is found again. The windows themselves are
 * not in it: losses of more windows add to those that are there.
 *
 * @param model content address of the dense model
 * @param calibration key of the calibration whose order the units have
 * @param metric always {@code wanda-sp}, and {@code attentionUnit} always {@code query head},
 *     whatever the units are sorted by and go in: the calibration's key tells those apart, and
 *     these two are as they were when there was nothing else, so that evaluations of then are still
 *     found
 * @param attentionUnit see {@code metric}
 * @param compensation what makes up for removed units in those that stay
 * @param objective what is measured
 * @param planSha256 digest of the units kept
 * @param text what it is measured on
 * @param numericType what the forward pass computes in
 * @param engine name and version of what computes
 */
record EvaluationKey(
    String model,
    String calibration,
    String metric,
    String attentionUnit,
    String compensation,
    Objective objective,
    String planSha256,
    TextKey text,
    String numericType,
    String engine) {

  /** The entry of the part that was measured as the {@code number}th, from 0. */
  IndexKey part(int number) {
    return new IndexKey("evaluation", Json.write(this) + " part " + number);
  }

  /** What the journal calls the work on these chunks. */
  String digest(List<Chunk> chunks) {
    StringBuilder work = new StringBuilder(Json.write(this));
    for (Chunk chunk : chunks) {
      work.append(' ').append(chunk.firstWindow()).append('+').append(chunk.windows().size());
    }
    return Digests.sha256(work.toString());
  }
}
