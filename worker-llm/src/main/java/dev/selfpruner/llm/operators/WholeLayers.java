package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.Allocation;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.Level;
import dev.selfpruner.activities.plan.LocalSensitivity;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of whole layers, where one rate cuts attention and MLP: every layer is taken for an MLP
 * that has as many neurons as the layer's parameters come to, beside one head that always stays.
 *
 * @param neighbours of the plan that the steps are taken from
 */
record WholeLayers(PrunableModel model, Readings neighbours) {

  /** The rates of the best combination of steps; off the budget by rounding. */
  Draft step(int reach) {
    PrunableModel ofNeurons =
        new PrunableModel(
            model.layers().stream()
                .map(
                    layer ->
                        new PrunableLayer(
                            layer.hiddenSize(),
                            1,
                            neurons(layer.parameters()),
                            List.of(0),
                            List.of(0)))
                .toList());
    PruningPlan base = base();
    Budget budget = new Budget(ofNeurons, ofNeurons.removedShare(base));
    PruningPlan next = new Allocation(budget).step(base, local(), reach);
    double[] rates = new double[model.layers().size()];
    for (int i = 0; i < rates.length; i++) {
      int more = base.layers().get(i).neurons() - next.layers().get(i).neurons();
      rates[i] =
          neighbours.base().rates().rates().get(i)
              + (double) more * model.neuronParameters() / model.layers().get(i).parameters();
    }
    return Draft.of(rates, neighbours.base().lineage().parents());
  }

  private PruningPlan base() {
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < model.layers().size(); i++) {
      LayerPlan kept = neighbours.base().plan().layers().get(i);
      layers.add(new LayerPlan(1, neurons(model.layers().get(i).parameters(kept))));
    }
    return new PruningPlan(layers);
  }

  private LocalSensitivity local() {
    List<LocalSensitivity.Layer> layers = new ArrayList<>();
    for (int i = 0; i < model.layers().size(); i++) {
      int kept = base().layers().get(i).neurons();
      List<Level> levels =
          neighbours.layers().get(i).whole().stream()
              .map(level -> new Level(neurons(level.kept()), level.loss()))
              .filter(level -> level.kept() != kept)
              .toList();
      layers.add(new LocalSensitivity.Layer(List.of(), levels));
    }
    return new LocalSensitivity(layers, neighbours.loss());
  }

  private int neurons(long parameters) {
    return Math.toIntExact(Math.max(1, Math.round((double) parameters / model.neuronParameters())));
  }
}
