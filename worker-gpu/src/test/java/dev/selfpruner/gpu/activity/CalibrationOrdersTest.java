package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.activity.EvaluationListener.Step;
import dev.selfpruner.gpu.calibrate.Importance;
import dev.selfpruner.gpu.calibrate.ImportanceFile;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.model.LayerOrder;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.reconstruct.BrainSurgeon;
import dev.selfpruner.gpu.reconstruct.GramFile;
import dev.selfpruner.gpu.reconstruct.GramIndex;
import dev.selfpruner.gpu.reconstruct.NaiveSurgeon;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.Torch;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Calibrations in every order, and in units of every kind, of a model with grouped queries. */
@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SHARED",
    matches = ".+",
    disabledReason = "stories260k lies in the shared folder")
class CalibrationOrdersTest {
  private static final int LAYERS = 5;
  private static final int HEADS = 8;
  private static final int HEAD_SIZE = 8;
  private static final int NEURONS = 172;
  private static final ComputeOptions OPTIONS = ComputeOptions.of(Device.cpu());

  @TempDir private Path folder;

  private final Path shared = Path.of(System.getenv("SELFPRUNER_SHARED"));
  private final Path model = shared.resolve("models/stories260k");
  private final TextWindows text =
      new TextWindows(shared.resolve("data/wikitext2/wiki.valid.raw").toString(), 256, 0, 8, false);
  private ArtifactStore store;

  @BeforeEach
  void open() throws IOException {
    store = ArtifactStores.directory(folder.resolve("store"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void everyOrderAndUnitIsACalibrationOfItsOwnThatIsFoundAgain() throws IOException {
    Set<String> keys = new HashSet<>();
    Set<List<ArtifactRef>> grams = new HashSet<>();
    try (ModelWorker worker = worker(Long.MAX_VALUE)) {
      for (RemovalOrder order : RemovalOrder.values()) {
        for (AttentionUnit unit : AttentionUnit.values()) {
          CalibrationRequest request =
              new CalibrationRequest(model.toString(), text, order, unit, true);

          Calibration first = worker.activities().calibrate(request);
          Set<String> stored = files();

          assertThat(worker.activities().calibrate(request)).isEqualTo(first);
          assertThat(files()).isEqualTo(stored);
          keys.add(first.key());
          grams.add(first.gram());
          PrunableModel prunable = Json.read(store.read(first.prunable()), PrunableModel.class);
          Importance importance = importance(first);
          for (int layer = 0; layer < LAYERS; layer++) {
            PrunableLayer described = prunable.layers().get(layer);
            assertThat(described.headsInUnit())
                .isEqualTo(
                    switch (unit) {
                      case QUERY_HEAD -> 1;
                      case HEAD_OF_EVERY_GROUP -> 4;
                      case GROUP -> 2;
                    });
            assertThat(described.headsAscending())
                .isEqualTo(importance.order().layers().get(layer).headsAscending());
          }
          if (order == RemovalOrder.BRAIN_SURGEON) {
            requireSurgeonsOrder(first, importance, unit);
          }
        }
      }
    }
    assertThat(keys).hasSize(6);
    // They don't depend on what is made of them.
    assertThat(grams).hasSize(1);
  }

  @Test
  void matricesForAFitMakeNoOtherCalibration() throws IOException {
    try (ModelWorker worker = worker(Long.MAX_VALUE)) {
      Calibration without =
          worker.activities().calibrate(new CalibrationRequest(model.toString(), text));
      Calibration with =
          worker
              .activities()
              .calibrate(
                  new CalibrationRequest(
                      model.toString(),
                      text,
                      RemovalOrder.WANDA_SP,
                      AttentionUnit.QUERY_HEAD,
                      true));

      assertThat(without.gram()).isEmpty();
      assertThat(with.gram()).hasSize(1);
      assertThat(with.key()).isEqualTo(without.key());
      assertThat(with.importance()).isEqualTo(without.importance());
      assertThat(worker.activities().calibrate(new CalibrationRequest(model.toString(), text)))
          .isEqualTo(without);
      GramIndex gram = Json.read(store.read(with.gram().get(0)), GramIndex.class);
      assertThat(gram.layers()).hasSize(LAYERS);
      assertThat(gram.tokens()).isEqualTo(8 * 256);
    }
  }

  @Test
  void matricesThatMayNotTakeThatMuchAreRefusedBeforeAnythingRuns() throws IOException {
    long needed = LAYERS * 4L * (64 * 64 + NEURONS * NEURONS);
    CalibrationRequest request =
        new CalibrationRequest(
            model.toString(), text, RemovalOrder.BRAIN_SURGEON, AttentionUnit.QUERY_HEAD, true);
    try (ModelWorker tight = worker(needed - 1)) {
      assertThatThrownBy(() -> tight.activities().calibrate(request))
          .isInstanceOf(ActivityFailure.class)
          .cause()
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure -> {
                assertThat(failure.isNonRetryable()).isTrue();
                assertThat(failure.getOriginalMessage())
                    .contains(
                        "%,d bytes".formatted(needed),
                        "%,d that they".formatted(needed - 1),
                        "--gram-space");
              });
    }
    assertThat(files()).isEmpty();
    RecordedSteps steps = new RecordedSteps();
    try (ModelWorker enough = worker(needed, steps)) {
      assertThat(enough.activities().calibrate(request).gram()).hasSize(1);
    }
    assertThat(steps.since()).endsWith(Step.COLLECT_STATISTICS, Step.ORDER_UNITS);
  }

  @Test
  void matricesThatGoElsewhereNeedRoomForOneLayer() throws IOException {
    long layer = 4L * (64 * 64 + NEURONS * NEURONS);
    Stored elsewhere = new Stored(new FailingStore(store, "none", 0));
    Path work = folder.resolve("work");
    LocalCopies copies = new LocalCopies(store, work, Long.MAX_VALUE);
    OrderedWeightFiles weights = new OrderedWeightFiles(elsewhere, copies, work);
    try (OpenModel open = OpenModel.open(model, OPTIONS, weights, Locations.ANYWHERE)) {
      assertThatThrownBy(() -> grams(open, elsewhere, work, layer - 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("%,d left", layer - 1);
      assertThat(files()).isEmpty();
      assertThatThrownBy(() -> grams(open, new Stored(store), work, LAYERS * layer))
          .as("where they stay here, it is one more than all")
          .isInstanceOf(IOException.class);
      assertThat(files()).isEmpty();

      ArtifactRef index = grams(open, elsewhere, work, layer);

      assertThat(Json.read(store.read(index), GramIndex.class).layers()).hasSize(LAYERS);
    }
  }

  private ArtifactRef grams(OpenModel open, Stored stored, Path work, long free)
      throws IOException {
    Texts.TokenizedText read = open.text(text);
    LocalCopies copies = new LocalCopies(stored.store(), work, Long.MAX_VALUE);
    return new Grams(stored, copies, work, OPTIONS, Long.MAX_VALUE, GramRoomTest.disk(free))
        .findOrRun(
            open,
            TextKey.of(open, read, text),
            text.firstWindow(),
            TokenWindows.cut(read.ids(), text),
            ProgressListener.SILENT);
  }

  @Test
  void whatNoPlanCanMeetIsRefusedBeforeAnythingRuns() throws IOException {
    CalibrationRequest heads = new CalibrationRequest(model.toString(), text);
    CalibrationRequest groups =
        new CalibrationRequest(
            model.toString(), text, RemovalOrder.WANDA_SP, AttentionUnit.GROUP, false);
    Target elsewhere = new Target.Milliseconds(12, "NVIDIA H100 80GB HBM3", 1, 32);
    Target tooLong = new Target.TimeShare(0.5, "cpu", 1, 100_000);
    try (ModelWorker worker = worker(Long.MAX_VALUE)) {
      assertRefused(worker, heads.withTarget(new Target.BlockShare(0.9999), 1), "no plan has");
      assertRefused(worker, heads.withTarget(new Target.Bytes(1_000, 4), 1), "no plan has");
      assertRefused(worker, heads.withTarget(new Target.Parameters(1_000_000), 1), "nothing to");
      // Of single heads, and with widths as they come, that much may go.
      Target.Size many = new Target.BlockShare(0.94);
      assertRefused(worker, groups.withTarget(many, 1), "no plan has");
      assertRefused(worker, heads.withTarget(many, 128), "no plan has");
      assertRefused(worker, heads.withTarget(elsewhere, 1), "this worker computes on 'cpu'");
      assertRefused(worker, heads.withTarget(tooLong, 1), "--latency-tokens");
      assertThat(files()).isEmpty();

      assertThat(worker.activities().calibrate(heads.withTarget(many, 1)))
          .isEqualTo(worker.activities().calibrate(heads));
    }
  }

  private static void assertRefused(
      ModelWorker worker, CalibrationRequest request, String message) {
    assertThatThrownBy(() -> worker.activities().calibrate(request))
        .isInstanceOf(ActivityFailure.class)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getOriginalMessage()).contains(message);
            });
  }

  @Test
  void whatWasDoneBeforeACrashIsNotDoneAgain() throws IOException {
    CalibrationRequest request =
        new CalibrationRequest(
            model.toString(), text, RemovalOrder.BRAIN_SURGEON, AttentionUnit.GROUP, true);
    Calibration expected;
    try (ModelWorker undisturbed = worker(Long.MAX_VALUE)) {
      expected = undisturbed.activities().calibrate(request);
    }
    store.close();
    store = ArtifactStores.directory(folder.resolve("other"));
    Stored stored = new Stored(store);
    Path work = folder.resolve("work");
    LocalCopies copies = new LocalCopies(store, work, Long.MAX_VALUE);
    Calibrations calibrations = new Calibrations(stored, copies, work, OPTIONS, Long.MAX_VALUE);
    OrderedWeightFiles weights = new OrderedWeightFiles(stored, copies, work);
    try (OpenModel open = OpenModel.open(model, OPTIONS, weights, Locations.ANYWHERE)) {
      // A layer takes 1 + 2 + 2 steps.
      assertThatThrownBy(
              () -> calibrations.findOrRun(open, request, failingIn("Gram matrices", 15)))
          .isInstanceOf(CancellationException.class);
      assertThatThrownBy(() -> calibrations.findOrRun(open, request, failingIn("calibration", 15)))
          .isInstanceOf(CancellationException.class);
      assertThatThrownBy(
              () -> calibrations.findOrRun(open, request, failingIn("order of removal", 20)))
          .isInstanceOf(CancellationException.class);

      List<String> parts = Collections.synchronizedList(new ArrayList<>());
      Calibration finished =
          calibrations.findOrRun(
              open,
              request,
              part ->
                  (done, total) -> {
                    parts.add(part);
                    assertThat(total).isLessThan(LAYERS * 5);
                  });

      assertThat(finished.key()).isEqualTo(expected.key());
      assertThat(finished.importance().sha256()).isEqualTo(expected.importance().sha256());
      assertThat(finished.prunable().sha256()).isEqualTo(expected.prunable().sha256());
      assertThat(new HashSet<>(parts)).containsExactly("order of removal");
    }
    try (Stream<Path> left = Files.list(work)) {
      assertThat(left.filter(file -> file.getFileName().toString().startsWith("gram"))).isEmpty();
    }
  }

  @Test
  void whatIsDamagedOrDeletedIsMadeAgain() throws IOException {
    CalibrationRequest request =
        new CalibrationRequest(
            model.toString(), text, RemovalOrder.BRAIN_SURGEON, AttentionUnit.GROUP, true);
    Calibration before;
    try (ModelWorker worker = worker(Long.MAX_VALUE)) {
      before = worker.activities().calibrate(request);
    }
    KeptBlobs blobs = new KeptBlobs(folder.resolve("store"));
    List<Path> lost = new ArrayList<>(blobs.of("gram-layer").subList(0, 2));
    lost.addAll(blobs.of("removal-order").subList(0, 2));
    lost.add(blobs.of("gram").get(0));
    lost.add(blobs.blob(before.importance().sha256()));
    for (int i = 0; i < lost.size(); i++) {
      if (i % 2 == 0) {
        KeptBlobs.damage(lost.get(i));
      } else {
        Files.delete(lost.get(i));
      }
    }

    try (ModelWorker fresh = worker(Long.MAX_VALUE)) {
      assertThat(fresh.activities().calibrate(request)).isEqualTo(before);
    }

    for (Path blob : lost) {
      assertThat(KeptBlobs.isIntact(blob)).as("%s", blob).isTrue();
    }
    Files.delete(lost.get(0)); // the index that leads to it is there
    try (ModelWorker fresh = worker(Long.MAX_VALUE)) {
      assertThat(fresh.activities().calibrate(request)).isEqualTo(before);
    }
    assertThat(KeptBlobs.isIntact(lost.get(0))).isTrue();
  }

  @Test
  void layersWhoseMatricesAreStoredAreNotCollectedAgain() throws IOException {
    CalibrationRequest request =
        new CalibrationRequest(
            model.toString(), text, RemovalOrder.WANDA_SP, AttentionUnit.QUERY_HEAD, true);
    Calibration expected;
    try (ModelWorker undisturbed = worker(Long.MAX_VALUE)) {
      expected = undisturbed.activities().calibrate(request);
    }
    store.close();
    FailingStore failing =
        new FailingStore(ArtifactStores.directory(folder.resolve("other")), "gram-layer", 2);
    store = failing;
    Stored stored = new Stored(store);
    Path work = folder.resolve("work");
    LocalCopies copies = new LocalCopies(store, work, Long.MAX_VALUE);
    Calibrations calibrations = new Calibrations(stored, copies, work, OPTIONS, Long.MAX_VALUE);
    OrderedWeightFiles weights = new OrderedWeightFiles(stored, copies, work);
    try (OpenModel open = OpenModel.open(model, OPTIONS, weights, Locations.ANYWHERE)) {
      assertThatThrownBy(
              () -> calibrations.findOrRun(open, request, part -> ProgressListener.SILENT))
          .rootCause()
          .hasMessage("the store is gone");
      assertThat(failing.indexed()).hasSize(2);
      failing.accept(Integer.MAX_VALUE);

      Calibration finished = calibrations.findOrRun(open, request, part -> ProgressListener.SILENT);

      assertThat(failing.indexed()).as("each layer once").hasSize(LAYERS).doesNotHaveDuplicates();
      try (ArtifactStore first = ArtifactStores.directory(folder.resolve("store"))) {
        assertThat(digests(store, finished)).isEqualTo(digests(first, expected));
      }
    }
  }

  @Test
  void aLayerWithoutAnOrderEndsTheCalibrationForGood() throws IOException {
    ArtifactRef good = store.put(gramFile("good", 0));
    List<ArtifactRef> grams = new ArrayList<>(Collections.nCopies(LAYERS, good));
    grams.set(3, store.put(gramFile("indefinite", 2)));
    Stored stored = new Stored(store);
    Path work = folder.resolve("work");
    LocalCopies copies = new LocalCopies(store, work, Long.MAX_VALUE);
    OrderedWeightFiles weights = new OrderedWeightFiles(stored, copies, work);
    SurgeonOrders orders = new SurgeonOrders(stored, copies, OPTIONS);
    try (OpenModel open = OpenModel.open(model, OPTIONS, weights, Locations.ANYWHERE)) {
      SurgeonOrders.Task task =
          new SurgeonOrders.Task(
              open, "a calibration", new GramIndex(grams, 1), AttentionUnit.QUERY_HEAD);
      assertThatThrownBy(
              () -> Failures.translated(() -> orders.findOrRun(task, ProgressListener.SILENT)))
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure -> {
                assertThat(failure.isNonRetryable()).isTrue();
                assertThat(failure.getOriginalMessage())
                    .startsWith("layer 3, MLP: its Gram matrix")
                    .contains("--order wanda-sp", "calibrate in float32");
              });
    }
  }

  /** A layer's matrices of ones in the diagonal; beside it, {@code other} in the MLP's. */
  private Path gramFile(String name, float other) throws IOException {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
      NDArray mlp = manager.full(new Shape(NEURONS, NEURONS), other);
      GramFile.write(
          folder.resolve(name),
          manager.eye(HEADS * HEAD_SIZE),
          mlp.add(manager.eye(NEURONS).mul(1 - other)));
      return folder.resolve(name);
    }
  }

  /** Of each layer's matrices. */
  private static List<String> digests(ArtifactStore store, Calibration calibration)
      throws IOException {
    return Json.read(store.read(calibration.gram().get(0)), GramIndex.class).layers().stream()
        .map(ArtifactRef::sha256)
        .toList();
  }

  private static Function<String, ProgressListener> failingIn(String part, long step) {
    return running ->
        (done, total) -> {
          if (running.equals(part) && done == step) {
            throw new CancellationException("the worker died");
          }
        };
  }

  /** Against inverting and fitting anew; neurons as far as that is quick. */
  private void requireSurgeonsOrder(
      Calibration calibration, Importance importance, AttentionUnit unit) throws IOException {
    GramIndex gram = Json.read(store.read(calibration.gram().get(0)), GramIndex.class);
    try (ModelDirectory directory = ModelDirectory.open(model)) {
      for (int layer : List.of(0, LAYERS - 1)) {
        LayerOrder order = importance.order().layers().get(layer);
        Path file = store.file(gram.layers().get(layer), folder.resolve("files"));
        NaiveSurgeon heads =
            new NaiveSurgeon(
                gram(file, GramFile.ATTENTION),
                matrix(directory.tensor(layer, LayerWeight.ATTENTION_OUTPUT)),
                BrainSurgeon.DAMPING);
        // Two query heads read each of the four key-value heads.
        int width = unit == AttentionUnit.GROUP ? 2 : 1;
        List<Integer> teams =
            IntStream.range(0, HEADS / width)
                .mapToObj(i -> unit == AttentionUnit.HEAD_OF_EVERY_GROUP ? i / 2 : 0)
                .toList();
        List<Integer> expected =
            heads.order(blocks(HEADS / width, width * HEAD_SIZE), teams).stream()
                .flatMap(taken -> IntStream.range(taken * width, (taken + 1) * width).boxed())
                .toList();
        assertThat(order.headsAscending()).isEqualTo(expected);
        if (unit == AttentionUnit.QUERY_HEAD && layer == 0) {
          NaiveSurgeon neurons =
              new NaiveSurgeon(
                  gram(file, GramFile.MLP),
                  matrix(directory.tensor(layer, LayerWeight.DOWN)),
                  BrainSurgeon.DAMPING);
          assertThat(Arrays.stream(order.neuronsAscending()).limit(2).boxed().toList())
              .isEqualTo(neurons.order(blocks(NEURONS, 1), Collections.nCopies(NEURONS, 0), 2));
        }
      }
    }
  }

  private static List<int[]> blocks(int units, int width) {
    return IntStream.range(0, units)
        .mapToObj(unit -> IntStream.range(unit * width, (unit + 1) * width).toArray())
        .toList();
  }

  private static double[][] gram(Path file, String name) throws IOException {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
      float[] values = GramFile.read(manager, file, name).toFloatArray();
      return rows(FloatBuffer.wrap(values), (int) Math.round(Math.sqrt(values.length)));
    }
  }

  private static double[][] matrix(StoredTensor tensor) {
    FloatBuffer values = FloatBuffer.allocate((int) tensor.elements());
    tensor.read(0, values);
    return rows(values.flip(), tensor.shape().get(1).intValue());
  }

  private static double[][] rows(FloatBuffer values, int columns) {
    double[][] rows = new double[values.remaining() / columns][columns];
    for (double[] row : rows) {
      Arrays.setAll(row, i -> values.get());
    }
    return rows;
  }

  private Importance importance(Calibration calibration) throws IOException {
    return ImportanceFile.read(store.file(calibration.importance(), folder.resolve("files")));
  }

  /** Of the store. */
  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
      Set<String> names = new TreeSet<>();
      files.filter(Files::isRegularFile).forEach(file -> names.add(file.toString()));
      return names;
    }
  }

  private ModelWorker worker(long gramBytes) {
    return worker(gramBytes, EvaluationListener.SILENT);
  }

  private ModelWorker worker(long gramBytes, EvaluationListener steps) {
    return new ModelWorker(folder, "work", store, Locations.ANYWHERE, gramBytes, steps);
  }
}
