package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.IndexKey;

/**
 * What a run of a search reads, by content: its spec only has paths.
 *
 * @param owner workflow that the run belongs to; empty where it is anyone's
 * @param calibration digest of all that importance depends on: model, tokenizer, text, windows,
 *     metric
 * @param modelSha256 content address of the model
 */
public record RunInputs(String owner, String calibration, String modelSha256) {

  /** What a run reads, whoever it belongs to. */
  public static RunInputs of(Calibration calibration) {
    return new RunInputs("", calibration.key(), calibration.modelSha256());
  }

  /** Under which a run's are found in the store, as JSON. */
  public static IndexKey indexKey(String searchKey) {
    return new IndexKey("inputs", searchKey);
  }

  public RunInputs ownedBy(String workflow) {
    return new RunInputs(workflow, calibration, modelSha256);
  }

  /** Whether both read the same. */
  public boolean sameAs(RunInputs other) {
    return ownedBy("").equals(other.ownedBy(""));
  }
}
