package dev.selfpruner.infra.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.calibrate.Calibrator;
import dev.selfpruner.gpu.corpus.StoryCorpus;
import dev.selfpruner.gpu.corpus.TextSplit;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.evaluate.PerplexityEvaluator;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TextFile;
import dev.selfpruner.gpu.text.TextTokenizer;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the bundled model has to be for the demo to mean anything, measured on held-out text. */
class DemoModelTest {
  private static final double SPARSITY = 0.3;
  private static final int TEST_WINDOWS = 32;
  private static final int EVALUATIONS = 30;

  private static DemoFiles files;
  private static TorchThreads threads;
  private static ModelDirectory directory;
  private static TextTokenizer tokenizer;
  private static LoadedModel model;
  private static PerplexityEvaluator evaluator;
  private static Budget budget;

  @BeforeAll
  static void calibrate(@TempDir Path parent) throws IOException {
    files = DemoModel.unpack(parent);
    threads = TorchThreads.of(Device.cpu());
    directory = ModelDirectory.open(files.model());
    tokenizer = TextTokenizer.open(files.model());
    UnitOrder order;
    try (LoadedModel dense = LoadedModel.load(directory, Device.cpu(), NumericType.FLOAT32)) {
      order =
          new Calibrator(threads, MemoryBudget.of(Device.cpu()))
              .calibrate(dense, windows(files.searchText(), 0, 32), ProgressListener.SILENT)
              .order();
    }
    model = LoadedModel.load(directory, order, Device.cpu(), NumericType.FLOAT32);
    evaluator = new PerplexityEvaluator(model, threads, MemoryBudget.of(Device.cpu()));
    budget = new Budget(order.prunable(directory.config()), SPARSITY);
  }

  @AfterAll
  static void close() {
    evaluator.close();
    model.close();
    tokenizer.close();
    directory.close();
    threads.close();
  }

  @Test
  void isAtMostSixMegabytes() throws IOException {
    assertThat(Files.size(files.model().resolve("model.safetensors"))).isLessThan(6_000_000);
  }

  @Test
  void unpacksOnceAndLeavesNothingElse(@TempDir Path parent) throws IOException {
    DemoFiles first = DemoModel.unpack(parent);
    Files.writeString(first.searchText(), "marked");
    assertThat(DemoModel.unpack(parent)).isEqualTo(first);
    assertThat(first.searchText()).hasContent("marked");
    try (var entries = Files.list(parent)) {
      assertThat(entries).containsExactly(first.model().getParent());
    }
  }

  @Test
  void hasAQuarterOfItsUnigramModelsPerplexityAtMost() throws IOException {
    TokenWindows test = windows(files.testText(), 0, TEST_WINDOWS);
    double unigram = unigramPerplexity(test);
    assertThat(perplexity(budget.model().dense(), test)).isLessThan(unigram / 4);
  }

  @Test
  void losesHalfAsMuchAgainWhenPrunedUniformly() throws IOException {
    TokenWindows test = windows(files.testText(), 0, TEST_WINDOWS);
    assertThat(perplexity(budget.uniform(), test))
        .isGreaterThan(1.5 * perplexity(budget.model().dense(), test));
  }

  @Test
  void losesLessWhenAShortSearchSharesOutThePruning() throws IOException {
    TokenWindows search = windows(files.searchText(), 32, 8);
    LayerRates best = LayerRates.uniform(budget.model().layers().size(), SPARSITY);
    double fitness = perplexity(budget.plan(best), search);
    Random random = new Random(3);
    for (int i = 0; i < EVALUATIONS; i++) {
      LayerRates candidate = mutated(best, random);
      double perplexity = perplexity(budget.plan(candidate), search);
      if (perplexity < fitness) {
        best = candidate;
        fitness = perplexity;
      }
    }
    TokenWindows test = windows(files.testText(), 0, TEST_WINDOWS);
    assertThat(perplexity(budget.plan(best), test))
        .isLessThan(0.9 * perplexity(budget.uniform(), test));
  }

  private static LayerRates mutated(LayerRates parent, Random random) {
    List<Double> rates = new ArrayList<>();
    for (double rate : parent.rates()) {
      double change = random.nextInt(3) == 0 ? 0.3 * random.nextGaussian() : 0.0;
      rates.add(Math.max(0.0, Math.min(0.9, rate + change)));
    }
    return budget.project(new LayerRates(rates));
  }

  private static double perplexity(PruningPlan plan, TokenWindows windows) {
    return evaluator.evaluate(plan, windows, ProgressListener.SILENT).perplexity();
  }

  private static TokenWindows windows(Path text, int first, int count) throws IOException {
    TokenIds ids = tokenizer.encode(TextFile.read(text).text(), true);
    return TokenWindows.cut(
        ids, new TextWindows(text.toString(), DemoModel.SEQUENCE_LENGTH, first, count, true));
  }

  /** Of a model that knows the token frequencies of a million characters of training text. */
  private static double unigramPerplexity(TokenWindows test) {
    TokenIds training =
        tokenizer.encode(new StoryCorpus(TextSplit.TRAIN, 1).text(1_000_000), false);
    int vocabulary = directory.config().vocabularySize();
    double[] counts = new double[vocabulary];
    Arrays.fill(counts, 1.0);
    for (int id : training.range(0, training.count())) {
      counts[id]++;
    }
    double loss = 0;
    for (int window = 0; window < test.count(); window++) {
      int[] tokens = test.window(window);
      for (int i = 1; i < tokens.length; i++) {
        loss -= Math.log(counts[tokens[i]] / (training.count() + vocabulary));
      }
    }
    return Math.exp(loss / (test.count() * (test.sequenceLength() - 1.0)));
  }
}
