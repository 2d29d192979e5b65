package dev.selfpruner.gpu.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.gpu.calibrate.Calibrator;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.evaluate.PerplexityEvaluator;
import dev.selfpruner.gpu.evaluate.Reference;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.TestModels;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** A written model, in either format, has the loss that its plan had in the search. */
class PrunedLossesTest {
  private static final Device CPU = Device.cpu();
  private static final MemoryBudget MEMORY = MemoryBudget.of(CPU);

  @TempDir private Path directory;

  @Test
  void bothFormatsComputeWhatThePlanComputes() throws IOException {
    UnitOrder order =
        new UnitOrder(
            List.of(
                new LayerOrder(List.of(2, 0, 3, 5, 1, 4), new int[] {9, 0, 5, 3, 1, 2, 4, 6, 8, 7}),
                new LayerOrder(
                    List.of(5, 4, 0, 2, 1, 3), new int[] {7, 8, 2, 3, 4, 5, 6, 0, 1, 9})));
    PruningPlan plan = new PruningPlan(List.of(new LayerPlan(3, 4), new LayerPlan(2, 9)));
    TokenIds ids = TokenIds.of(new Random(8).ints(64, 0, 20).toArray());
    try (ModelDirectory dense = ModelDirectory.open(TestModels.write(directory.resolve("dense")));
        TorchThreads threads = TorchThreads.of(CPU)) {
      writtenModelsAgree(dense, order, plan, new TokenWindows(ids, 16, 0, 4), threads);
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "SELFPRUNER_SHARED",
      matches = ".+",
      disabledReason = "stories260k lies in the shared folder")
  void writtenStories260kHasTheReferenceLosses() throws IOException {
    Reference reference = Reference.stories();
    JsonNode pruned = reference.numbers().get("pruned").get(1);
    List<Double> expected = Reference.doubles(pruned.get("nll_per_test_window"));
    TokenWindows test = reference.windows("test", expected.size());
    try (ModelDirectory dense = reference.open();
        TorchThreads threads = TorchThreads.of(CPU)) {
      PruningPlan plan = Reference.plan(dense.config(), pruned.get("rate").asDouble());
      List<Double> losses =
          writtenModelsAgree(dense, order(dense, reference, threads), plan, test, threads);

      for (int i = 0; i < expected.size(); i++) {
        assertThat(losses.get(i)).isCloseTo(expected.get(i), within(1e-3));
      }
    }
  }

  private static UnitOrder order(ModelDirectory dense, Reference reference, TorchThreads threads) {
    try (LoadedModel model = LoadedModel.load(dense, CPU, NumericType.FLOAT32)) {
      return new Calibrator(threads, MEMORY)
          .calibrate(model, reference.windows("valid", 16), ProgressListener.SILENT)
          .order();
    }
  }

  private List<Double> writtenModelsAgree(
      ModelDirectory dense,
      UnitOrder order,
      PruningPlan plan,
      TokenWindows windows,
      TorchThreads threads)
      throws IOException {
    List<Double> expected;
    List<Double> unpruned;
    try (LoadedModel model = LoadedModel.load(dense, order, CPU, NumericType.FLOAT32);
        PerplexityEvaluator evaluator = new PerplexityEvaluator(model, threads, MEMORY)) {
      expected = evaluator.evaluate(plan, windows, ProgressListener.SILENT).nllPerWindow();
      unpruned = evaluator.evaluate(model.dense(), windows, ProgressListener.SILENT).nllPerWindow();
    }
    for (ModelFormat format : ModelFormat.values()) {
      Path target = directory.resolve(format.name());
      PrunedModelWriter.write(dense, order, plan, format, target);
      try (ModelDirectory written = ModelDirectory.open(target);
          LoadedModel model = LoadedModel.load(written, CPU, NumericType.FLOAT32);
          PerplexityEvaluator evaluator = new PerplexityEvaluator(model, threads, MEMORY)) {
        List<Double> losses =
            evaluator.evaluate(model.dense(), windows, ProgressListener.SILENT).nllPerWindow();
        for (int i = 0; i < expected.size(); i++) {
          assertThat(losses.get(i)).as("%s", format).isCloseTo(expected.get(i), within(1e-5));
          assertThat(losses.get(i)).isNotCloseTo(unpruned.get(i), within(1e-2));
        }
      }
    }
    return expected;
  }
}
