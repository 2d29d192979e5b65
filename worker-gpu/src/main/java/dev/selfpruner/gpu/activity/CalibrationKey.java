package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.IndexKey;

/**
 * Everything that the importance of units depends on.
 *
 * @param model content address of the dense model
 * @param tokenizer digest of its tokenizer
 * @param metric what importance is
 * @param textSha256 digest of the calibration text's bytes
 * @param textProtocol how the text becomes tokens
 * @param sequenceLength tokens in a window
 * @param beginOfSequence whether the tokenizer's post-processor was applied
 * @param firstWindow first window read
 * @param windows windows read
 * @param windowsInChunk windows that go through the model together
 * @param numericType what the forward pass computes in
 * @param engine name and version of what computes
 */
record CalibrationKey(
    String model,
    String tokenizer,
    String metric,
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
    return new IndexKey("calibration", Json.write(this));
  }

  String digest() {
    return Digests.sha256(Json.write(this));
  }
}
