package dev.selfpruner.infra.doctor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.LibUtils;
import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.infra.doctor.TorchReport.DeviceReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A program of its own: loads PyTorch, computes on every device that it sees, and prints a {@link
 * TorchReport}. Native code that doesn't fit ends a process or never returns; this one may.
 */
public final class TorchProbe {
  private static final float[] LEFT = {1, 2, 3, 4};
  private static final float[] RIGHT = {5, 6, 7, 8};
  private static final float[] PRODUCT = {19, 22, 43, 50};

  private TorchProbe() {}

  public static void main(String[] arguments) {
    try {
      System.out.println(Json.write(report()));
    } catch (RuntimeException | LinkageError | AssertionError e) { // all of them DJL's ways to fail
      System.err.println(root(e));
      System.exit(1);
    }
  }

  private static TorchReport report() {
    Engine engine = Engine.getEngine(Torch.ENGINE);
    int gpus = engine.getGpuCount();
    List<DeviceReport> devices = new ArrayList<>();
    devices.add(compute("cpu", Device.cpu(), List.of(DataType.FLOAT32)));
    for (int i = 0; i < gpus; i++) {
      devices.add(compute("gpu" + i, Device.gpu(i), List.of(DataType.FLOAT32, DataType.FLOAT16)));
    }
    return new TorchReport(
        Engine.getDjlVersion(), engine.getVersion(), LibUtils.getLibtorchPath(), gpus, devices);
  }

  private static DeviceReport compute(String name, Device device, List<DataType> types) {
    List<String> computed = new ArrayList<>();
    for (DataType type : types) {
      String in = type.name().toLowerCase(Locale.ROOT);
      try {
        float[] product = product(device, type);
        if (!Arrays.equals(product, PRODUCT)) {
          return new DeviceReport(
              name,
              false,
              "a matrix product in %s is %s, not %s"
                  .formatted(in, Arrays.toString(product), Arrays.toString(PRODUCT)));
        }
        computed.add(in);
      } catch (RuntimeException e) {
        return new DeviceReport(
            name, false, "a matrix product in %s fails: %s".formatted(in, root(e)));
      }
    }
    return new DeviceReport(name, true, "computes in " + String.join(" and ", computed));
  }

  private static float[] product(Device device, DataType type) {
    try (NDManager manager = NDManager.newBaseManager(device, Torch.ENGINE)) {
      NDArray left = matrix(manager, LEFT, type);
      NDArray right = matrix(manager, RIGHT, type);
      return left.matMul(right).toType(DataType.FLOAT32, false).toFloatArray();
    }
  }

  private static NDArray matrix(NDManager manager, float[] values, DataType type) {
    return manager.create(values, new Shape(2, 2)).toType(type, false);
  }

  private static String root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.toString().replaceAll("\\s+", " ");
  }
}
