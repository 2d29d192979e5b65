package dev.selfpruner.gpu.activity;

import dev.selfpruner.gpu.reconstruct.FittedLayerFile;
import dev.selfpruner.gpu.reconstruct.FittedLayers;
import dev.selfpruner.gpu.reconstruct.Projection;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.torch.Closing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All fitted projections of a model, by the name that the model has for them. */
final class FittedTensors implements AutoCloseable {
  private final List<FittedLayerFile> files = new ArrayList<>();
  private final Map<String, StoredTensor> byName = new HashMap<>();

  private FittedTensors() {}

  static FittedTensors open(FittedLayers layers, int count) {
    FittedTensors tensors = new FittedTensors();
    try {
      for (int layer = 0; layer < count; layer++) {
        int number = layer;
        layers.open(layer).ifPresent(file -> tensors.add(number, file));
      }
      return tensors;
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  private void add(int layer, FittedLayerFile file) {
    files.add(file);
    for (Projection projection : Projection.values()) {
      file.find(projection)
          .ifPresent(tensor -> byName.put(projection.weight().tensorName(layer), tensor));
    }
  }

  /** Valid until this is closed. */
  Map<String, StoredTensor> byName() {
    return byName;
  }

  @Override
  public void close() {
    Closing.all(files);
  }
}
