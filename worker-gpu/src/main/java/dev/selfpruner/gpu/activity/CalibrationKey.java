package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.IndexKey;

/**
 * Everything that the importance of units depends on.
 *
 * @param model content address of the dense model
 * @param metric what importance is
 * @param text what the model reads
 * @param firstWindow first window read
 * @param windows windows read
 * @param numericType what the forward pass computes in
 * @param engine name and version of what computes
 */
record CalibrationKey(
    String model,
    String metric,
    TextKey text,
    int firstWindow,
    int windows,
    String numericType,
    String engine) {

  IndexKey indexKey() {
    return new IndexKey("calibration", Json.write(this));
  }

  String digest() {
    return Digests.sha256(Json.write(this));
  }
}
