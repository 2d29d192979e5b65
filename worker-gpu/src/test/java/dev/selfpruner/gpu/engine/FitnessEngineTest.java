package dev.selfpruner.gpu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.NumericalException;
import dev.selfpruner.gpu.evaluate.PerplexityPass;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.llama.StreamedModels;
import dev.selfpruner.gpu.llama.WorkingMemory;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.TestModels;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A number depends on the model, the plan and the chunks, however it comes about. */
class FitnessEngineTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 64, "intermediate_size": 172,
       "num_hidden_layers": 6, "num_attention_heads": 8, "num_key_value_heads": 4,
       "vocab_size": 512, "tie_word_embeddings": true, "torch_dtype": "float32"}
      """;
  private static final Device CPU = Device.cpu();
  private static final MemoryBudget ENOUGH = new MemoryBudget(1L << 30, 1L << 30, 0);
  private static final int LENGTH = 128;
  private static final List<PruningPlan> PLANS = plans();

  /** 3 chunks, the last of one window. */
  private static final List<Chunk> CHUNKS = Chunks.of(windows(9), 4);

  @TempDir static Path folder;
  private static ModelDirectory directory;
  private static UnitOrder order;
  private static LoadedModel model;
  private static TorchThreads threads;
  private static List<List<Double>> expected;

  @BeforeAll
  static void evaluateOneByOne() throws IOException {
    TestModels.write(folder, CONFIG, StorageType.F32, specs -> specs);
    directory = ModelDirectory.open(folder);
    order = shuffled(directory.config());
    model = LoadedModel.load(directory, order, CPU, NumericType.FLOAT32);
    threads = new TorchThreads(2);
    expected = new ArrayList<>();
    try (FitnessEngine engine = new FitnessEngine(model, threads, ENOUGH)) {
      for (PruningPlan plan : PLANS) {
        expected.add(run(engine, List.of(plan)).get(0));
      }
    }
    assertThat(expected).doesNotHaveDuplicates().allMatch(losses -> losses.size() == 9);
  }

  @AfterAll
  static void close() {
    model.close();
    threads.close();
    directory.close();
  }

  @Test
  void aBatchGivesTheBitsOfSingleRunsForTheWorkOfItsTree() {
    CountingPass pass = new CountingPass();
    try (FitnessEngine engine = new FitnessEngine(model, threads, ENOUGH)) {
      assertThat(run(engine, PLANS, pass)).isEqualTo(expected);
    }
    PlanTrie trie = PlanTrie.of(PLANS, model.dense());
    assertThat(pass.blocks.get()).isEqualTo((int) trie.blocks(0) * CHUNKS.size());
    assertThat(trie.blocks(0)).isLessThan(2L * 6 * PLANS.size() * 2 / 3);
  }

  @Test
  void streamedWeightsGiveTheSameBits() {
    try (LoadedModel streamed =
            StreamedModels.load(LoadedModel.ordered(directory, order, NumericType.FLOAT32));
        FitnessEngine engine = new FitnessEngine(streamed, threads, ENOUGH)) {
      assertThat(run(engine, PLANS)).isEqualTo(expected);
      assertThat(run(engine, PLANS.subList(2, 4))).isEqualTo(expected.subList(2, 4));
    }
  }

  @Test
  void mappedWeightsGiveTheSameBits() throws IOException {
    Path file = folder.resolve("ordered.safetensors");
    LoadedModel.write(directory, order, NumericType.FLOAT32, file);
    try (LoadedModel mapped =
            LoadedModel.load(
                LoadedModel.open(file, directory.config(), order, NumericType.FLOAT32),
                Placement.on(CPU));
        FitnessEngine engine = new FitnessEngine(mapped, threads, ENOUGH)) {
      assertThat(run(engine, PLANS)).isEqualTo(expected);
    }
  }

  @Test
  void statesThatWaitOnTheHostGiveTheSameBits() {
    PlanTrie trie = PlanTrie.of(PLANS, model.dense());
    for (int fits : new int[] {0, 1, 2}) {
      MemoryBudget tight = budgetFor(trie, fits);
      try (LoadedModel streamed =
              StreamedModels.load(LoadedModel.ordered(directory, order, NumericType.FLOAT32));
          FitnessEngine engine = new FitnessEngine(streamed, threads, tight)) {
        assertThat(
                Schedule.of(
                    streamed,
                    trie,
                    Fits.NONE,
                    CHUNKS.size(),
                    CHUNKS.get(0),
                    threads.count(),
                    tight))
            .isEqualTo(new Schedule(3, fits));
        assertThat(run(engine, PLANS)).isEqualTo(expected);
      }
    }
  }

  @Test
  void residentWeightsTakeTheirWindowsInGroupsWhereMemoryIsTight() {
    PlanTrie trie = PlanTrie.of(PLANS, model.dense());
    MemoryBudget tight = budgetFor(trie, 1);
    assertThat(
            Schedule.of(
                model, trie, Fits.NONE, CHUNKS.size(), CHUNKS.get(0), threads.count(), tight))
        .isEqualTo(new Schedule(1, 1));
    try (FitnessEngine engine = new FitnessEngine(model, threads, tight)) {
      assertThat(run(engine, PLANS)).isEqualTo(expected);
      assertThat(engine.mostCandidates()).isGreaterThanOrEqualTo(PLANS.size());
    }
  }

  @Test
  void candidatesThatDoNotFitTogetherRunInSmallerBatches() {
    PlanTrie one = PlanTrie.of(PLANS.subList(0, 1), model.dense());
    try (FitnessEngine engine = new FitnessEngine(model, threads, budgetFor(one, 1))) {
      assertThat(run(engine, PLANS)).isEqualTo(expected);
      assertThat(engine.mostCandidates()).isLessThan(PLANS.size());
    }
  }

  @Test
  void memoryThatHoldsNotEvenOneCandidateIsAnErrorThatSaysSo() {
    try (FitnessEngine engine =
        new FitnessEngine(model, threads, new MemoryBudget(1 << 20, 1 << 20, 0))) {
      assertThatThrownBy(() -> run(engine, PLANS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 MiB of device memory are")
          .hasMessageContaining("--device-memory");
    }
  }

  @Test
  void outOfMemoryHalvesTheBatchAndIsRemembered() {
    FailingPass pass = new FailingPass(2);
    try (FitnessEngine engine = new FitnessEngine(model, threads, ENOUGH)) {
      assertThat(run(engine, PLANS, pass)).isEqualTo(expected);
      assertThat(engine.mostCandidates()).isEqualTo(PLANS.size() / 4);
      assertThat(run(engine, PLANS)).isEqualTo(expected);
      assertThat(engine.mostCandidates()).isEqualTo(PLANS.size() / 4);
    }
  }

  @Test
  void outOfMemoryWithOneCandidateEndsAfterSmallerBudgets() {
    try (FitnessEngine engine = new FitnessEngine(model, threads, ENOUGH)) {
      assertThatThrownBy(() -> run(engine, PLANS.subList(7, 8), new FailingPass(Integer.MAX_VALUE)))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("out of memory");
    }
  }

  @Test
  void aCandidateWithoutRoomFailsAloneAndTheOthersGoOn() {
    FailingPass pass = new FailingPass(Integer.MAX_VALUE);
    try (FitnessEngine engine = new FitnessEngine(model, threads, ENOUGH)) {
      Told told = new Told();
      engine.run(PLANS, CHUNKS, pass, ProgressListener.SILENT, told);
      assertThat(told.failed.keySet()).containsExactly(6, 7); // those that keep 7 heads there
      assertThat(told.failed.get(6)).hasMessageContaining("out of memory");
      assertThat(told.losses.keySet()).containsExactly(0, 1, 2, 3, 4, 5);
      told.losses.forEach((i, losses) -> assertThat(losses).isEqualTo(expected.get(i)));
    }
  }

  @Test
  void aCandidateWithoutNumbersFailsAloneOnEveryDevice() {
    RuntimeException wrapped =
        new IllegalStateException("in a thread", new NumericalException("no inverse"));
    for (int devices : new int[] {1, 2}) {
      ComputeOptions options =
          options(Collections.nCopies(devices, CPU), ComputeOptions.Sharing.CANDIDATES, ENOUGH);
      try (Engines engines = engines(options)) {
        Told told = new Told();
        engines.run(PLANS, CHUNKS, new FailingPass(wrapped), ProgressListener.SILENT, told);
        assertThat(told.failed.keySet()).containsExactly(6, 7);
        assertThat(told.failed.get(7)).hasMessage("no inverse");
        told.losses.forEach((i, losses) -> assertThat(losses).isEqualTo(expected.get(i)));
        assertThat(told.losses).hasSize(6);
        assertThat(run(engines)).as("and nothing is remembered of it").isEqualTo(expected);
      }
    }
  }

  /** What came out of a run, and what did not. */
  private static final class Told implements FitnessEngine.Results<double[]> {
    private final SortedMap<Integer, List<Double>> losses = new TreeMap<>();
    private final SortedMap<Integer, RuntimeException> failed = new TreeMap<>();

    @Override
    public void finished(int plan, List<double[]> chunks) {
      losses.put(plan, flat(chunks));
    }

    @Override
    public void failed(int plan, RuntimeException reason) {
      failed.put(plan, reason);
    }
  }

  @Test
  void anotherFailureOfNativeCodeIsNotTakenForOneOfMemory() {
    try (FitnessEngine engine = new FitnessEngine(model, threads, ENOUGH)) {
      FailingPass broken = new FailingPass(1, "CUDA error: an illegal memory access");
      assertThatThrownBy(() -> run(engine, PLANS, broken)).hasMessageContaining("illegal");
      assertThat(engine.mostCandidates()).isEqualTo(Integer.MAX_VALUE);
    }
  }

  @Test
  void devicesThatShareTheLayersGiveTheSameBits() {
    for (int devices : new int[] {2, 3}) {
      ComputeOptions options =
          options(Collections.nCopies(devices, CPU), ComputeOptions.Sharing.LAYERS, ENOUGH);
      try (Engines engines = engines(options)) {
        assertThat(engines.model().parts()).hasSize(devices);
        assertThat(run(engines)).isEqualTo(expected);
      }
    }
  }

  @Test
  void devicesThatShareTheCandidatesGiveTheSameBits() {
    try (Engines engines =
        engines(options(List.of(CPU, CPU), ComputeOptions.Sharing.CANDIDATES, ENOUGH))) {
      assertThat(run(engines)).isEqualTo(expected);
    }
  }

  @Test
  void aFailureOnOneDeviceEndsTheRunOnAll() {
    for (ComputeOptions.Sharing sharing : ComputeOptions.Sharing.values()) {
      try (Engines engines = engines(options(List.of(CPU, CPU), sharing, ENOUGH))) {
        assertThatThrownBy(
                () ->
                    engines.run(
                        PLANS,
                        CHUNKS,
                        new FailingPass(1, "broken"),
                        ProgressListener.SILENT,
                        (plan, losses) -> {}))
            .hasMessageContaining("broken");
        assertThat(run(engines)).isEqualTo(expected);
      }
    }
  }

  @Test
  void manyGroupsBehindOneThatFailsAreNotWaitedFor() {
    List<Chunk> many = Chunks.of(windows(60), 1);
    try (Engines engines =
        engines(options(List.of(CPU, CPU), ComputeOptions.Sharing.LAYERS, ENOUGH))) {
      assertThatThrownBy(
              () ->
                  engines.run(
                      PLANS,
                      many,
                      new FailingPass(1, "broken"),
                      ProgressListener.SILENT,
                      (plan, losses) -> {}))
          .hasMessageContaining("broken");
    }
  }

  @Test
  void candidatesWithWholeFirstLayersStartFromTheDenseStatesOfAnEarlierRun() {
    MemoryBudget keeping = new MemoryBudget(1L << 30, 1L << 30, 1L << 28);
    PruningPlan dense = model.dense();
    PruningPlan late = withLayer(dense, 5, new LayerPlan(3, 50));
    List<Double> alone;
    try (FitnessEngine engine = new FitnessEngine(model, threads, ENOUGH)) {
      alone = run(engine, List.of(late)).get(0);
    }
    try (FitnessEngine engine = new FitnessEngine(model, threads, keeping)) {
      run(engine, List.of(dense));
      CountingPass pass = new CountingPass();
      assertThat(run(engine, List.of(late), pass).get(0)).isEqualTo(alone);
      assertThat(pass.blocks.get()).isEqualTo(2 * CHUNKS.size()); // the last layer alone
      CountingPass early = new CountingPass();
      run(engine, List.of(withLayer(dense, 0, new LayerPlan(3, 50))), early);
      assertThat(early.blocks.get()).isEqualTo(2 * 6 * CHUNKS.size());
    }
  }

  @Test
  void denseStatesOfOneTextMakeRoomForThoseOfAnother() {
    long each = WorkingMemory.state(model, LENGTH) * 9;
    // Room for two boundaries of one text.
    MemoryBudget keeping = new MemoryBudget(1L << 30, 1L << 30, 2 * each + each / 2);
    List<Chunk> other =
        Chunks.of(
            new TokenWindows(
                TokenIds.of(new Random(9).ints(9 * LENGTH, 0, 512).toArray()), LENGTH, 0, 9),
            4);
    PruningPlan late = withLayer(model.dense(), 5, new LayerPlan(3, 50));
    try (FitnessEngine fresh = new FitnessEngine(model, threads, ENOUGH);
        FitnessEngine engine = new FitnessEngine(model, threads, keeping)) {
      for (List<Chunk> text : List.of(CHUNKS, other, CHUNKS)) {
        CountingPass first = new CountingPass();
        run(engine, List.of(model.dense()), text, first);
        assertThat(first.blocks.get()).isEqualTo(2 * 6 * text.size());
        CountingPass second = new CountingPass();
        assertThat(run(engine, List.of(late), text, second))
            .isEqualTo(run(fresh, List.of(late), text, new PerplexityPass()));
        assertThat(second.blocks.get()).isEqualTo(2 * 2 * text.size());
        // Plans that begin with none of it leave it where it is.
        run(engine, PLANS.subList(0, 1), text, new CountingPass());
      }
    }
  }

  @Test
  void progressIsToldUpToTheEndWhateverIsSkippedOrSplit() {
    PlanTrie one = PlanTrie.of(PLANS.subList(0, 1), model.dense());
    for (MemoryBudget memory : List.of(ENOUGH, budgetFor(one, 1))) {
      try (FitnessEngine engine = new FitnessEngine(model, threads, memory)) {
        List<Double> shares = new ArrayList<>();
        engine.run(
            PLANS,
            CHUNKS,
            new PerplexityPass(),
            (done, total) -> shares.add((double) done / total),
            (plan, losses) -> {});
        assertThat(shares).isSorted().startsWith(0.0).allMatch(share -> share <= 1).endsWith(1.0);
      }
    }
  }

  /** Memory for so many chunks of the tree's states beside what the threads work with. */
  private static MemoryBudget budgetFor(PlanTrie trie, int chunks) {
    Chunk largest = CHUNKS.get(0);
    long all = WorkingMemory.state(model, largest.tokens()) * trie.widest();
    long work = WorkingMemory.ofBlock(model, model.parts().get(0), largest.tokens()) + all;
    return new MemoryBudget(threads.count() * work + chunks * all, 1L << 30, 0);
  }

  private static Engines engines(ComputeOptions options) {
    return Engines.load(() -> LoadedModel.ordered(directory, order, NumericType.FLOAT32), options);
  }

  private static ComputeOptions options(
      List<Device> devices, ComputeOptions.Sharing sharing, MemoryBudget memory) {
    return new ComputeOptions(devices, sharing, NumericType.FLOAT32, memory, OptionalInt.empty());
  }

  private static List<List<Double>> run(FitnessEngine engine, List<PruningPlan> plans) {
    return run(engine, plans, new PerplexityPass());
  }

  private static List<List<Double>> run(
      FitnessEngine engine, List<PruningPlan> plans, Pass<double[]> pass) {
    return run(engine, plans, CHUNKS, pass);
  }

  private static List<List<Double>> run(
      FitnessEngine engine, List<PruningPlan> plans, List<Chunk> chunks, Pass<double[]> pass) {
    List<List<Double>> losses = new ArrayList<>(Collections.nCopies(plans.size(), List.of()));
    engine.run(plans, chunks, pass, ProgressListener.SILENT, (i, out) -> losses.set(i, flat(out)));
    return losses;
  }

  private static List<List<Double>> run(Engines engines) {
    List<List<Double>> losses = new ArrayList<>(Collections.nCopies(PLANS.size(), List.of()));
    engines.run(
        PLANS,
        CHUNKS,
        new PerplexityPass(),
        ProgressListener.SILENT,
        (i, out) -> losses.set(i, flat(out)));
    return losses;
  }

  private static List<Double> flat(List<double[]> chunks) {
    return chunks.stream().flatMapToDouble(Arrays::stream).boxed().toList();
  }

  /** Eight plans: pairs share five layers, fours share three. */
  private static List<PruningPlan> plans() {
    List<PruningPlan> plans = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      plans.add(
          new PruningPlan(
              List.of(
                  new LayerPlan(8, 172),
                  new LayerPlan(6, 120),
                  new LayerPlan(7, 99),
                  new LayerPlan(5, i < 4 ? 100 : 140),
                  new LayerPlan(4 + i / 2, 80),
                  new LayerPlan(5, 90 + i % 2))));
    }
    return plans;
  }

  private static PruningPlan withLayer(PruningPlan plan, int layer, LayerPlan kept) {
    List<LayerPlan> layers = new ArrayList<>(plan.layers());
    layers.set(layer, kept);
    return new PruningPlan(layers);
  }

  private static UnitOrder shuffled(LlamaConfig config) {
    Random random = new Random(3);
    return new UnitOrder(
        config.layers().stream()
            .map(
                layer ->
                    LayerOrder.ascending(
                        random.doubles(layer.queryHeads()).toArray(),
                        random.doubles(layer.neurons()).toArray()))
            .toList());
  }

  private static TokenWindows windows(int count) {
    int[] ids = new Random(1).ints((long) count * LENGTH, 0, 512).toArray();
    return new TokenWindows(TokenIds.of(ids), LENGTH, 0, count);
  }

  /** Counts attention and MLP blocks. */
  private static final class CountingPass implements Pass<double[]> {
    private final AtomicInteger blocks = new AtomicInteger();

    @Override
    public NDArray attention(Place place, Block block) {
      blocks.incrementAndGet();
      return block.attention();
    }

    @Override
    public NDArray mlp(Place place, Block block) {
      blocks.incrementAndGet();
      return block.mlp();
    }

    @Override
    public double[] finish(
        Decoder decoder, NDManager manager, NDArray hidden, Chunk windows, int chunk) {
      return new PerplexityPass().finish(decoder, manager, hidden, windows, chunk);
    }
  }

  /** Fails in the first runs as the native library does. */
  private static final class FailingPass implements Pass<double[]> {
    private final AtomicInteger failures;
    private final RuntimeException failure;

    FailingPass(RuntimeException failure) {
      this.failures = new AtomicInteger(Integer.MAX_VALUE);
      this.failure = failure;
    }

    FailingPass(int failures) {
      this(failures, "CUDA out of memory. Tried to allocate 84.00 MiB.");
    }

    FailingPass(int failures, String message) {
      this.failures = new AtomicInteger(failures);
      this.failure = new EngineException(message);
    }

    @Override
    public NDArray attention(Place place, Block block) {
      // One block of the densest plans: a run fails once, and every first batch has it.
      if (place.layer() == 4 && place.chunk() == 2 && block.kept() == 7) {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          throw failure;
        }
      }
      return block.attention();
    }

    @Override
    public double[] finish(
        Decoder decoder, NDManager manager, NDArray hidden, Chunk windows, int chunk) {
      return new PerplexityPass().finish(decoder, manager, hidden, windows, chunk);
    }
  }
}
