package dev.selfpruner.gpu.torch;

import static dev.selfpruner.gpu.torch.TorchArgument.real;
import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.tensors;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorchModuleTest {
  private static final String SOURCE =
      """
      class Sample(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        _is_full_backward_hook : Optional[bool]
        # a comment that the reader skips
        def scaled(self: __torch__.Sample, x: Tensor, others: List[Tensor], repeat: int, scale: float) -> Tuple[Tensor, Tensor]:
          sum = x
          for i in range(repeat):
            for other in others:
              sum = torch.add(sum, other)
          return (self.times(sum, scale), sum)
        def times(self: __torch__.Sample, x: Tensor, scale: float) -> Tensor:
          return torch.mul(x, scale)
        def squares(self: __torch__.Sample, x: Tensor, ws: List[Tensor]) -> Tensor:
          return torch.sum(torch.mul(torch.mul(x, ws[0]), ws[1]))
      """;

  @Test
  void runsAModuleThatJavaWrote() {
    try (TorchModule module = load();
        NDManager manager = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
      NDArray x = manager.create(new float[] {1, 2});
      NDArray y = manager.create(new float[] {10, 20});
      NDList results =
          module.call(manager, "scaled", tensor(x), tensors(List.of(y, y)), whole(2), real(0.5));
      assertThat(results.get(0).toFloatArray()).containsExactly(20.5f, 41f);
      assertThat(results.get(1).toFloatArray()).containsExactly(41f, 82f);
    }
  }

  @Test
  void recordsGradientsInTrainingMode() {
    try (TorchModule module = load();
        NDManager manager = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
      NDArray x = manager.create(new float[] {3, 5});
      NDArray w = manager.create(new float[] {1, 1});
      NDArray v = manager.create(new float[] {2, 4});
      w.setName("weights[]");
      v.setName("weights[]");
      w.setRequiresGradient(true);
      try (GradientCollector collector = Engine.getEngine(Torch.ENGINE).newGradientCollector()) {
        NDArray loss = module.callForTraining("squares", new NDList(x, w, v)).singletonOrThrow();
        collector.backward(loss);
      }
      assertThat(w.getGradient().toFloatArray()).containsExactly(6f, 20f);
    }
  }

  @Test
  void namesTheLineThatDoesNotCompile() {
    TorchScriptArchive broken =
        TorchScriptArchive.of("Sample", SOURCE.replace("torch.mul(x, scale)", "torch.mull(x)"));
    assertThatThrownBy(() -> TorchModule.load(broken, Device.cpu()).close())
        .hasMessageContaining("mull");
  }

  private static TorchModule load() {
    return TorchModule.load(TorchScriptArchive.of("Sample", SOURCE), Device.cpu());
  }
}
