package dev.selfpruner.activities;

/**
 * What activities call the failures that policy is about. The worker that meets one decides; a
 * workflow only knows these names.
 */
public final class FailureTypes {
  /** What was asked for can't be done, however often it is tried. */
  public static final String INVALID_INPUT = "InvalidInput";

  /** The same of a proposal or a record. */
  public static final String INVALID_REQUEST = "InvalidRequest";

  /** What the artifact store holds is damaged: somebody has to take it away first. */
  public static final String CORRUPT = "ArtifactCorrupt";

  /**
   * The index has nothing under a name that was asked for. Workers of earlier versions say the same
   * of any blob that isn't there.
   */
  public static final String MISSING = "ArtifactMissing";

  /** A device or the host had no room for one candidate. */
  public static final String OUT_OF_MEMORY = "OutOfMemory";

  /** No candidate of a population has a perplexity. */
  public static final String ALL_FAILED = "AllCandidatesFailed";

  private FailureTypes() {}
}
