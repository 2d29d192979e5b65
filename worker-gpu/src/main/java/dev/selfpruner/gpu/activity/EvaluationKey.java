package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.IndexKey;

/**
 * Everything that an evaluation's number depends on: same key, same number. It names contents, not
 * places, so a moved model or text is found again.
 *
 * @param model content address of the dense model
 * @param tokenizer digest of its tokenizer
 * @param calibration key of the calibration whose order the units have
 * @param metric importance that the units are sorted by
 * @param attentionUnit what goes from attention at once
 * @param compensation what makes up for removed units in those that stay
 * @param objective what is measured
 * @param planSha256 digest of the units kept
 * @param textSha256 digest of the text's bytes
 * @param textProtocol how the text becomes tokens
 * @param sequenceLength tokens in a window
 * @param beginOfSequence whether the tokenizer's post-processor was applied
 * @param firstWindow first window measured
 * @param windows windows measured
 * @param windowsInChunk windows that go through the model together: the matrix products' shape
 * @param numericType what the forward pass computes in
 * @param engine name and version of what computes
 */
record EvaluationKey(
    String model,
    String tokenizer,
    String calibration,
    String metric,
    String attentionUnit,
    String compensation,
    String objective,
    String planSha256,
    String textSha256,
    String textProtocol,
    int sequenceLength,
    boolean beginOfSequence,
    int firstWindow,
    int windows,
    int windowsInChunk,
    String numericType,
    String engine) {

  IndexKey indexKey() {
    return new IndexKey("evaluation", Json.write(this));
  }
}
