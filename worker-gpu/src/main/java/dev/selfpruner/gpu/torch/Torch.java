package dev.selfpruner.gpu.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/** The PyTorch engine and the settings that hold for every thread that uses it. */
public final class Torch {
  /** DJL's name of the engine. */
  public static final String ENGINE = "PyTorch";

  private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(Torch::prepare);

  private Torch() {}

  /**
   * Must be called on a thread before it runs TorchScript. One thread of ours is one thread of
   * PyTorch's (parallelism is over windows, so that a result doesn't depend on it), and the graph
   * executor's optimiser, a setting of each thread, is off: it would specialise every shape anew.
   */
  public static void prepareThread() {
    if (!PREPARED.get()) {
      throw new IllegalStateException("the thread was not prepared");
    }
  }

  /** Version of the native library, part of what a number depends on. */
  public static String version() {
    return Engine.getEngine(ENGINE).getVersion();
  }

  private static boolean prepare() {
    Engine.getEngine(ENGINE);
    JniUtils.setNumThreads(1);
    JniUtils.setGraphExecutorOptimize(false);
    return true;
  }
}
