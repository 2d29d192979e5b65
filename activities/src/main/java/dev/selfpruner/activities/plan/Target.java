package dev.selfpruner.activities.plan;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How small or how fast a pruned model has to be. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Target.BlockShare.class, name = "block-share"),
  @JsonSubTypes.Type(value = Target.ModelShare.class, name = "model-share"),
  @JsonSubTypes.Type(value = Target.Parameters.class, name = "parameters"),
  @JsonSubTypes.Type(value = Target.Bytes.class, name = "bytes"),
  @JsonSubTypes.Type(value = Target.Milliseconds.class, name = "latency"),
  @JsonSubTypes.Type(value = Target.TimeShare.class, name = "latency-share")
})
public sealed interface Target {

  /** A target that a number of parameters meets, whichever units they are of. */
  sealed interface Size extends Target {
    /**
     * The budget that meets the target.
     *
     * @param allParameters of the dense model, embedding and norms included
     * @param widthMultiple of the budget
     * @throws IllegalArgumentException if nothing has to be removed, or no plan is small enough; it
     *     says how small the smallest one is
     */
    Budget budget(PrunableModel model, long allParameters, int widthMultiple);

    /**
     * Share of the block parameters to remove, for plans of any width.
     *
     * @param allParameters of the dense model, embedding and norms included
     * @throws IllegalArgumentException as {@link #budget}
     */
    default double blockSparsity(PrunableModel model, long allParameters) {
      return budget(model, allParameters, 1).sparsity();
    }
  }

  /**
   * A share of the decoder blocks' parameters.
   *
   * @param sparsity share of the decoder blocks' parameters to remove, in (0, 1); met to half a
   *     neuron
   */
  record BlockShare(double sparsity) implements Size {
    public BlockShare {
      requireShare("sparsity", sparsity);
    }

    @Override
    public Budget budget(PrunableModel model, long allParameters, int widthMultiple) {
      return new Removal(model, allParameters, widthMultiple).near(sparsity);
    }
  }

  /**
   * A share of the whole model.
   *
   * @param sparsity share of all parameters to remove, embedding and norms included, in (0, 1); met
   *     to half a neuron
   */
  record ModelShare(double sparsity) implements Size {
    public ModelShare {
      requireShare("sparsity", sparsity);
    }

    @Override
    public Budget budget(PrunableModel model, long allParameters, int widthMultiple) {
      Removal removal = new Removal(model, allParameters, widthMultiple);
      return removal.near(sparsity * allParameters / model.blockParameters());
    }
  }

  /**
   * A number of parameters.
   *
   * @param most parameters that may stay in the whole model; plans keep no more, and less than one
   *     neuron fewer
   */
  record Parameters(long most) implements Size {
    public Parameters {
      requirePositive("parameters", most);
    }

    @Override
    public Budget budget(PrunableModel model, long allParameters, int widthMultiple) {
      return new Removal(model, allParameters, widthMultiple).atLeast(allParameters - most);
    }
  }

  /**
   * A number of bytes.
   *
   * @param most bytes of the whole model's weights; plans have no more, and less than one neuron
   *     fewer
   * @param bytesPerParameter 2 where weights are stored in half precision
   */
  record Bytes(long most, int bytesPerParameter) implements Size {
    public Bytes {
      requirePositive("bytes", most);
      requirePositive("bytes of a parameter", bytesPerParameter);
    }

    @Override
    public Budget budget(PrunableModel model, long allParameters, int widthMultiple) {
      return new Parameters(Math.max(1, most / bytesPerParameter))
          .budget(model, allParameters, widthMultiple);
    }
  }

  /**
   * A target that depends on which units go, and on what runs them: see {@link LatencyBudget}. It
   * holds for the prefill of so many sequences of so many tokens on one kind of device.
   */
  sealed interface Latency extends Target {
    /** Name of the device that it holds on, as its driver says it, or {@code cpu}. */
    String device();

    /** Sequences that are read at once. */
    int sequences();

    /** Tokens of each of them, at least 2. */
    int tokens();

    /** Seconds that a plan may take, by the dense model's in a table. */
    double seconds(LatencyTable table);
  }

  /**
   * A time.
   *
   * @param milliseconds that a plan may take; positive
   */
  record Milliseconds(double milliseconds, String device, int sequences, int tokens)
      implements Latency {
    public Milliseconds {
      if (!(milliseconds > 0.0 && Double.isFinite(milliseconds))) {
        throw new IllegalArgumentException(
            "milliseconds of a latency target are positive, not " + milliseconds);
      }
      requireShape(device, sequences, tokens);
    }

    @Override
    public double seconds(LatencyTable table) {
      return milliseconds / 1e3;
    }
  }

  /**
   * A share of the dense model's time.
   *
   * @param share that a plan may take, in (0, 1)
   */
  record TimeShare(double share, String device, int sequences, int tokens) implements Latency {
    public TimeShare {
      requireShare("share of the dense model's time", share);
      requireShape(device, sequences, tokens);
    }

    @Override
    public double seconds(LatencyTable table) {
      return share * table.dense();
    }
  }

  private static void requireShape(String device, int sequences, int tokens) {
    if (device == null || device.isBlank()) {
      throw new IllegalArgumentException(
          "a latency target names the device that it holds on, such as \"NVIDIA H100 80GB HBM3\" or \"cpu\"");
    }
    requirePositive("sequences of a latency target", sequences);
    if (tokens < 2) {
      throw new IllegalArgumentException(
          "sequences of a latency target have at least 2 tokens, not " + tokens);
    }
  }

  private static void requireShare(String what, double share) {
    if (!(share > 0.0 && share < 1.0)) {
      throw new IllegalArgumentException(what + " out of (0, 1): " + share);
    }
  }

  private static void requirePositive(String what, long count) {
    if (count < 1) {
      throw new IllegalArgumentException(what + " have to be positive, not " + count);
    }
  }
}
