package dev.selfpruner.gpu.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.gpu.torch.TorchThreads;

/** What a device's matrix products reach, alone: a large square one of random numbers. */
final class Peak {
  private static final int DEVICE_SIZE = 8192;
  private static final int CPU_SIZE = 1536;
  private static final int REPEATS = 20;
  private static final int WARM_UPS = 3;

  private Peak() {}

  /** Floating-point operations a second, by all threads together. */
  static double measure(Device device, NumericType type, TorchThreads threads) {
    boolean cpu = Device.cpu().equals(device);
    int size = cpu ? CPU_SIZE : DEVICE_SIZE;
    // bfloat16 runs at float16's rate, and DJL can't make it.
    DataType dataType = type == NumericType.FLOAT32 ? DataType.FLOAT32 : DataType.FLOAT16;
    var run = new TorchThreads.Run();
    products(device, dataType, size, WARM_UPS, threads, run);
    long start = System.nanoTime();
    products(device, dataType, size, REPEATS, threads, run);
    double seconds = (System.nanoTime() - start) / 1e9;
    return 2.0 * size * size * size * REPEATS * threads.count() / seconds;
  }

  private static void products(
      Device device,
      DataType type,
      int size,
      int count,
      TorchThreads threads,
      TorchThreads.Run run) {
    threads.run(
        threads.count(),
        run,
        thread -> {
          try (NDManager manager = NDManager.newBaseManager(device, Torch.ENGINE)) {
            Shape shape = new Shape(size, size);
            NDArray a = manager.randomNormal(shape).toType(type, false);
            NDArray b = manager.randomNormal(shape).toType(type, false);
            for (int i = 0; i < count; i++) {
              try (NDArray product = a.matMul(b)) {
                if (i == count - 1) {
                  // Waits for all of them.
                  product.get(0).get(0).toType(DataType.FLOAT32, true).getFloat();
                }
              }
            }
            return thread;
          }
        });
  }
}
