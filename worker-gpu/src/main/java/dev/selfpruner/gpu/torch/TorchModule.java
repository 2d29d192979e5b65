package dev.selfpruner.gpu.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A TorchScript module loaded on a device. Many threads may call one module at the same time. */
public final class TorchModule implements AutoCloseable {
  private final NDManager owner;
  private final PtSymbolBlock block;

  private TorchModule(NDManager owner, PtSymbolBlock block) {
    this.owner = owner;
    this.block = block;
  }

  /**
   * Compiles the archive's source; a mistake in it is an {@link ai.djl.engine.EngineException} that
   * shows the line.
   */
  public static TorchModule load(TorchScriptArchive archive, Device device) {
    Torch.prepareThread();
    NDManager owner = NDManager.newBaseManager(device, Torch.ENGINE);
    try {
      ByteArrayInputStream stream = new ByteArrayInputStream(archive.toBytes());
      return new TorchModule(owner, JniUtils.loadModule((PtNDManager) owner, stream, false, false));
    } catch (IOException e) {
      owner.close();
      throw new IllegalStateException("reading from memory does not fail", e);
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /**
   * Runs a method without recording gradients.
   *
   * @param manager owner of the results
   * @return the tensor that the method returns, or the tensors of its tuple or list
   */
  public NDList call(NDManager manager, String method, TorchArgument... arguments) {
    Torch.prepareThread();
    List<IValue> values = new ArrayList<>(arguments.length);
    try {
      for (TorchArgument argument : arguments) {
        values.add(TorchArgument.toValue(argument));
      }
      try (IValue result = IValueUtils.runMethod(block, method, values.toArray(IValue[]::new))) {
        return result.toNDList((PtNDManager) manager);
      }
    } finally {
      values.forEach(IValue::close);
    }
  }

  /**
   * Runs a method in training mode, where an open {@link ai.djl.training.GradientCollector} records
   * it. Arrays that share a name ending in {@code []} become one {@code List[Tensor]}, as in DJL's
   * symbol blocks; the results belong to the manager of the first input.
   */
  public NDList callForTraining(String method, NDList inputs) {
    NDManager manager = inputs.get(0).getManager();
    NDList named = new NDList(inputs);
    try (NDManager scratch = manager.newSubManager()) {
      named.add(scratch.zeros(new ai.djl.ndarray.types.Shape(1)));
      named.get(named.size() - 1).setName("module_method:" + method);
      return IValueUtils.forward(block, named, true);
    }
  }

  @Override
  public void close() {
    block.close();
    owner.close();
  }
}
