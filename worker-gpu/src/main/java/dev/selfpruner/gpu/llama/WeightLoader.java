package dev.selfpruner.gpu.llama;

import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.gpu.torch.TorchModule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Puts stored weights on a device, converted and in the decoder's layout. */
final class WeightLoader {
  /** Elements that go to the device at a time: one buffer holds at most 2 GiB, a tensor more. */
  private static final int PIECE = 1 << 24;

  private final TorchModule module;
  private final NDManager owner;
  private final DataType type;

  WeightLoader(TorchModule module, NDManager owner, NumericType type) {
    this.module = module;
    this.owner = owner;
    this.type = type.dataType();
  }

  LayerWeights layer(ModelDirectory model, int layer, LayerLayout layout) {
    LlamaConfig config = model.config();
    LayerSize size = config.layers().get(layer);
    int head = config.headSize();
    List<Integer> heads = layout.queryHeads();
    List<Integer> keyValueHeads = layout.keyValueHeads();
    List<Integer> neurons = layout.neurons();
    List<NDArray> arrays =
        List.of(
            stored(model.tensor(layer, LayerWeight.INPUT_NORM)),
            rows(model.tensor(layer, LayerWeight.QUERY), heads, head),
            rows(model.tensor(layer, LayerWeight.KEY), keyValueHeads, head),
            rows(model.tensor(layer, LayerWeight.VALUE), keyValueHeads, head),
            columns(model.tensor(layer, LayerWeight.ATTENTION_OUTPUT), heads, head),
            stored(model.tensor(layer, LayerWeight.MLP_NORM)),
            rows(model.tensor(layer, LayerWeight.GATE), neurons, 1),
            rows(model.tensor(layer, LayerWeight.UP), neurons, 1),
            columns(model.tensor(layer, LayerWeight.DOWN), neurons, 1),
            index(owner, layout.keyValueHeadOfQueryHead()));
    return new LayerWeights(size, layout, arrays);
  }

  /** The tensor as it is stored. */
  NDArray stored(StoredTensor tensor) {
    return stored(owner, tensor);
  }

  /** Blocks of {@code width} rows in the order of {@code units}: {@code [out, in]}. */
  private NDArray rows(StoredTensor tensor, List<Integer> units, int width) {
    return arranged("arrange_rows", tensor, units, width);
  }

  /** Blocks of {@code width} columns in the order of {@code units}, transposed: [in, out]. */
  private NDArray columns(StoredTensor tensor, List<Integer> units, int width) {
    return arranged("arrange_columns", tensor, units, width);
  }

  private NDArray arranged(String method, StoredTensor tensor, List<Integer> units, int width) {
    try (NDManager scratch = owner.newSubManager()) {
      NDArray asStored = stored(scratch, tensor);
      NDArray order = index(scratch, units);
      return module
          .call(owner, method, tensor(asStored), tensor(order), whole(width))
          .singletonOrThrow();
    }
  }

  private NDArray stored(NDManager manager, StoredTensor tensor) {
    Shape shape = new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
    NDArray target = manager.create(shape, type);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((int) Math.min(PIECE, tensor.elements()) * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    long next = 0;
    while (next < tensor.elements()) {
      int count = (int) Math.min(PIECE, tensor.elements() - next);
      bytes.clear().limit(count * Float.BYTES);
      tensor.read(next, bytes.asFloatBuffer());
      try (NDManager host = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
        NDArray piece = host.create(bytes, new Shape(count), DataType.FLOAT32);
        module.call(host, "place", tensor(target), tensor(piece), whole(next));
      }
      next += count;
    }
    return target;
  }

  private static NDArray index(NDManager manager, List<Integer> units) {
    return manager.create(units.stream().mapToLong(Integer::longValue).toArray());
  }
}
