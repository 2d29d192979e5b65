package dev.selfpruner.gpu.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.calibrate.Calibrator;
import dev.selfpruner.gpu.calibrate.Importance;
import dev.selfpruner.gpu.calibrate.LayerImportance;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.ModelPart;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.llama.StreamedModels;
import dev.selfpruner.gpu.llama.WorkingMemory;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Real models against numbers from transformers and from an independent pruning script. */
@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SHARED",
    matches = ".+",
    disabledReason = "needs the shared folder of reference numbers")
class ReferenceLossesTest {
  private static final Device CPU = Device.cpu();
  private static final MemoryBudget MEMORY = MemoryBudget.of(CPU);

  @Test
  void stories260k() {
    check(Reference.stories(), 16);
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "SELFPRUNER_SMOLLM2",
      matches = ".+",
      disabledReason = "needs SmolLM2-135M on disk")
  void smolLm2() {
    check(Reference.smolLm2(), 8);
  }

  private static void check(Reference reference, int calibrationWindows) {
    List<Double> dense = reference.denseLosses();
    TokenWindows test = reference.windows("test", dense.size());
    TokenWindows valid = reference.windows("valid", calibrationWindows);
    try (ModelDirectory directory = reference.open();
        TorchThreads threads = TorchThreads.of(CPU)) {
      Importance importance;
      List<List<Double>> losses;
      try (LoadedModel model = LoadedModel.load(directory, CPU, NumericType.FLOAT32);
          PerplexityEvaluator evaluator = new PerplexityEvaluator(model, threads, MEMORY)) {
        checkLogits(reference, model, test);
        WindowLosses whole = evaluator.evaluate(model.dense(), test, ProgressListener.SILENT);
        assertClose(whole.nllPerWindow(), dense, 1e-4);
        assertThat(whole.tokens()).isEqualTo(test.tokens());
        importance =
            new Calibrator(threads, MEMORY).calibrate(model, valid, ProgressListener.SILENT);
        checkImportance(reference, importance);
      }
      try (LoadedModel model =
              LoadedModel.load(directory, importance.order(), CPU, NumericType.FLOAT32);
          PerplexityEvaluator evaluator = new PerplexityEvaluator(model, threads, MEMORY)) {
        losses = checkPruned(reference, evaluator, model, test);
      }
      // Streamed weights, states that wait on the host, a batch: not another bit.
      try (LoadedModel model =
              StreamedModels.load(
                  LoadedModel.ordered(directory, importance.order(), NumericType.FLOAT32));
          PerplexityEvaluator evaluator =
              new PerplexityEvaluator(model, threads, tight(model, test))) {
        assertThat(together(evaluator, plans(reference, model), test)).isEqualTo(losses);
        assertThat(inParts(evaluator, plans(reference, model).get(1), test))
            .isEqualTo(losses.get(1));
      }
    }
  }

  /**
   * Each plan alone and all in one batch, and a part of the windows before the rest.
   *
   * @return losses of each window, of each plan
   */
  private static List<List<Double>> checkPruned(
      Reference reference, PerplexityEvaluator evaluator, LoadedModel model, TokenWindows test) {
    List<PruningPlan> plans = plans(reference, model);
    List<List<Double>> alone = new ArrayList<>();
    for (PruningPlan plan : plans) {
      alone.add(evaluator.evaluate(plan, test, ProgressListener.SILENT).nllPerWindow());
    }
    assertClose(alone.get(0), reference.denseLosses(), 1e-4);
    JsonNode pruned = reference.numbers().get("pruned");
    for (int i = 0; i < pruned.size(); i++) {
      List<Double> expected = Reference.doubles(pruned.get(i).get("nll_per_test_window"));
      assertClose(alone.get(i + 1), expected, 1e-3);
    }
    assertThat(together(evaluator, plans, test)).isEqualTo(alone);
    assertThat(inParts(evaluator, plans.get(1), test)).isEqualTo(alone.get(1));
    return alone;
  }

  /** Nothing removed, and what each of the reference's rates removes. */
  private static List<PruningPlan> plans(Reference reference, LoadedModel model) {
    List<PruningPlan> plans = new ArrayList<>(List.of(model.dense()));
    for (JsonNode pruned : reference.numbers().get("pruned")) {
      plans.add(Reference.plan(model.config(), pruned.get("rate").asDouble()));
    }
    return plans;
  }

  private static List<List<Double>> together(
      PerplexityEvaluator evaluator, List<PruningPlan> plans, TokenWindows test) {
    int perChunk = Chunks.windowsPerChunk(test.sequenceLength(), NumericType.FLOAT32);
    return evaluator.evaluate(plans, test, perChunk, ProgressListener.SILENT).stream()
        .map(WindowLosses::nllPerWindow)
        .toList();
  }

  private static List<Double> inParts(
      PerplexityEvaluator evaluator, PruningPlan plan, TokenWindows test) {
    int perChunk = Chunks.windowsPerChunk(test.sequenceLength(), NumericType.FLOAT32);
    List<Double> losses = new ArrayList<>();
    for (TokenWindows part : List.of(part(test, 0, perChunk), part(test, perChunk, test.count()))) {
      losses.addAll(evaluator.evaluate(plan, part, ProgressListener.SILENT).nllPerWindow());
    }
    return losses;
  }

  private static TokenWindows part(TokenWindows whole, int from, int to) {
    int length = whole.sequenceLength();
    return new TokenWindows(whole.ids(), length, whole.firstToken() + from * length, to - from);
  }

  /** Room for the states of no chunk between layers. */
  private static MemoryBudget tight(LoadedModel model, TokenWindows test) {
    int tokens =
        test.sequenceLength() * Chunks.windowsPerChunk(test.sequenceLength(), model.type());
    long states = WorkingMemory.state(model, tokens) * 8;
    long work = WorkingMemory.ofBlock(model, model.parts().get(0), tokens);
    return new MemoryBudget(
        Runtime.getRuntime().availableProcessors() * (work + states), 1L << 32, 0);
  }

  private static void checkLogits(Reference reference, LoadedModel model, TokenWindows test) {
    ModelPart part = model.parts().get(0);
    Decoder decoder = part.decoder();
    try (NDManager manager = decoder.newManager()) {
      NDArray hidden = decoder.embed(manager, decoder.tokens(manager, List.of(test.window(0))));
      for (int layer = 0; layer < model.config().layers().size(); layer++) {
        LayerPlan whole = model.dense().layers().get(layer);
        LayerWeights weights = part.layers().take(layer);
        hidden = decoder.attention(manager, weights, hidden, whole.queryHeads(), true);
        hidden = decoder.mlp(manager, weights, hidden, whole.neurons(), true);
      }
      float[] logits = decoder.logits(manager, hidden.get(new NDIndex(":, -1:"))).toFloatArray();
      List<Double> expected =
          Reference.doubles(
              reference.numbers().get("dense_logits_first_window_last_position_first_8"));
      assertThat(logits).hasSize(model.config().vocabularySize());
      for (int i = 0; i < expected.size(); i++) {
        assertThat((double) logits[i]).isCloseTo(expected.get(i), within(1e-3));
      }
    }
  }

  private static void checkImportance(Reference reference, Importance importance) {
    for (Map.Entry<String, JsonNode> entry :
        reference.numbers().get("wanda_sp").get("layers").properties()) {
      int layer = Integer.parseInt(entry.getKey());
      LayerImportance scores = importance.layers().get(layer);
      LayerOrder order = importance.order().layers().get(layer);
      JsonNode expected = entry.getValue();
      assertRelativelyClose(scores.queryHeads(), expected.get("head_scores"));
      assertRelativelyClose(scores.neurons(), expected.get("neuron_scores_first_8"));
      assertThat(order.headsAscending())
          .isEqualTo(Reference.integers(expected.get("heads_ascending")));
      assertThat(Arrays.stream(order.neuronsAscending()).limit(16).boxed().toList())
          .isEqualTo(Reference.integers(expected.get("lowest_16_neurons")));
    }
  }

  private static void assertClose(List<Double> actual, List<Double> expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).as("window %d", i).isCloseTo(expected.get(i), within(tolerance));
    }
  }

  private static void assertRelativelyClose(List<Double> actual, JsonNode expected) {
    List<Double> values = Reference.doubles(expected);
    assertThat(actual).hasSizeGreaterThanOrEqualTo(values.size());
    for (int i = 0; i < values.size(); i++) {
      assertThat(actual.get(i)).isCloseTo(values.get(i), within(2e-5 * values.get(i) + 1e-6));
    }
  }
}
