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
  @JsonSubTypes.Type(value = Target.Latency.class, name = "latency")
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
   * A target that depends on which units go: see {@link LatencyBudget}.
   *
   * @param share of the dense model's time that may stay, in (0, 1)
   */
  record Latency(double share) implements Target {
    public Latency {
      requireShare("share of the dense model's time", share);
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
