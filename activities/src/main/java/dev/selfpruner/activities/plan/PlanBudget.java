package dev.selfpruner.activities.plan;

/** What plans of a model are held to, and the projections of rates and of other plans onto it. */
public sealed interface PlanBudget permits Budget, LatencyBudget {
  PrunableModel model();

  /** What the neurons that a layer keeps are a multiple of. */
  int widthMultiple();

  /** Share of the block parameters to remove; where time is counted, what uniform rates remove. */
  double sparsity();

  /**
   * Shifts all rates by the same amount, held within what each layer can lose, until they meet the
   * budget.
   *
   * @throws IllegalArgumentException if there is not one rate for each layer
   */
  LayerRates project(LayerRates rates);

  /**
   * Units to keep for rates of layers.
   *
   * @throws IllegalArgumentException if there is not one rate for each layer, or no plan with them
   *     meets the budget
   */
  PruningPlan plan(LayerRates rates);

  /**
   * Units to keep for rates of blocks.
   *
   * @throws IllegalArgumentException if there is not one pair of rates for each layer, or no plan
   *     with them meets the budget
   */
  PruningPlan plan(BlockRates rates);

  /**
   * The plan nearest to {@code plan} that meets the budget; one that meets it in widths that are
   * allowed is its own completion.
   *
   * @throws IllegalArgumentException if the plan is not one of the model's, or none near it meets
   *     the budget
   */
  PruningPlan complete(PruningPlan plan);

  /** Uniform rates on the budget: the baseline that a search has to beat. */
  PruningPlan uniform();

  /** What a block that keeps so many units saves of its dense self, in what the budget counts. */
  long saved(Block block, int kept);

  /** What all blocks together have to save, in what the budget counts. */
  double toSave();

  /** What all savings are multiples of, or what is little beside them. */
  long step();

  /** How much less than {@link #toSave} blocks may save. */
  long tolerance();
}
