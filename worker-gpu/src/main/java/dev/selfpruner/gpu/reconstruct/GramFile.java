package dev.selfpruner.gpu.reconstruct;

/**
 * One layer's Gram matrices X^T X, summed over all calibration tokens, as safetensors: {@code
 * attention} {@code [query heads * head, query heads * head]} of what o_proj reads, and {@code mlp}
 * {@code [neurons, neurons]} of what down_proj reads; float32, columns in the order of the stored
 * model.
 */
public final class GramFile {
  /** Gram matrix of what o_proj reads. */
  public static final String ATTENTION = "attention";

  /** Gram matrix of what down_proj reads. */
  public static final String MLP = "mlp";

  private GramFile() {}
}
