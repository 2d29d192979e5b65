package dev.selfpruner.activities.plan;

/**
 * Turns parameters to remove into a budget.
 *
 * @param allParameters of the dense model, embedding and norms included
 */
record Removal(PrunableModel model, long allParameters, int widthMultiple) {
  Removal {
    if (allParameters < model.blockParameters()) {
      throw new IllegalArgumentException(
          "a model of %,d parameters, but %,d in its decoder blocks"
              .formatted(allParameters, model.blockParameters()));
    }
  }

  /** A budget that removes {@code sparsity} of the block parameters to half a neuron. */
  Budget near(double sparsity) {
    if (sparsity > highest()) {
      throw tooMuch(allParameters - (long) Math.ceil(sparsity * model.blockParameters()));
    }
    return new Budget(model, sparsity, widthMultiple);
  }

  /**
   * A budget that removes {@code parameters} or more, but less than one neuron more.
   *
   * <p>Whatever heads and neurons remove is a multiple of the hidden size, and a neuron is three of
   * them: asked for one hidden size more than the next multiple, a budget that rounds to the
   * nearest neuron removes that multiple or up to two more.
   */
  Budget atLeast(long parameters) {
    if (parameters <= 0) {
      throw new IllegalArgumentException(
          "nothing to remove: the dense model has %,d parameters, and %,d may stay"
              .formatted(allParameters, allParameters - parameters));
    }
    long step = model.neuronParameters() / 3;
    long next = (parameters + step - 1) / step * step;
    if (next > most()) {
      throw tooMuch(allParameters - parameters);
    }
    // Only the smallest plan removes the most: there, nothing can be rounded down.
    double asked = (double) (next + step) / model.blockParameters();
    return new Budget(model, Math.min(asked, highest()), widthMultiple);
  }

  private double highest() {
    return 1.0 - (double) Budget.smallest(model, widthMultiple) / model.blockParameters();
  }

  private long most() {
    return model.blockParameters() - Budget.smallest(model, widthMultiple);
  }

  private IllegalArgumentException tooMuch(long kept) {
    return new IllegalArgumentException(
        "no plan has %,d parameters: the smallest plan has %,d parameters of the dense model's %,d"
            .formatted(kept, allParameters - most(), allParameters));
  }
}
