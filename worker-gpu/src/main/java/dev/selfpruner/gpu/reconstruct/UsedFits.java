package dev.selfpruner.gpu.reconstruct;

import dev.selfpruner.gpu.engine.Fits;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.torch.Closing;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fits of one layer in use; what isn't fitted is as it was. */
final class UsedFits implements Fits.FittedLayer {
  private final LayerWeights unfitted;
  private final Map<Projection, Map<Integer, FitCache.Use>> uses = new EnumMap<>(Projection.class);
  private final Map<Projection, Map<Integer, LayerWeights>> fitted =
      new EnumMap<>(Projection.class);

  UsedFits(LayerWeights unfitted) {
    this.unfitted = unfitted;
    for (Projection projection : Projection.values()) {
      uses.put(projection, new HashMap<>());
      fitted.put(projection, new HashMap<>());
    }
  }

  LayerWeights unfitted() {
    return unfitted;
  }

  synchronized void add(Projection projection, int kept, FitCache.Use use) {
    uses.get(projection).put(kept, use);
    fitted.get(projection).put(kept, projection.replaced(unfitted, use.array()));
  }

  synchronized boolean has(Projection projection, int kept) {
    return uses.get(projection).containsKey(kept);
  }

  @Override
  public LayerWeights attention(int queryHeads) {
    return of(Projection.ATTENTION, queryHeads);
  }

  @Override
  public LayerWeights mlp(int neurons) {
    return of(Projection.MLP, neurons);
  }

  private synchronized LayerWeights of(Projection projection, int kept) {
    return fitted.get(projection).getOrDefault(kept, unfitted);
  }

  @Override
  public synchronized void close() {
    List<FitCache.Use> all =
        uses.values().stream().flatMap(each -> each.values().stream()).toList();
    uses.clear();
    Closing.all(all);
  }
}
