package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.activities.search.ModelMeasurementRequest;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.activities.search.WindowsRequest;
import dev.selfpruner.gpu.activity.EvaluationJournal.Event;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SHARED",
    matches = ".+",
    disabledReason = "stories260k lies in the shared folder")
class ModelActivitiesTest {
  private static final double SPARSITY = 0.3;
  private static final Objective PERPLEXITY = new Objective.Perplexity();

  @TempDir private Path folder;

  private final Path shared = Path.of(System.getenv("SELFPRUNER_SHARED"));
  private final String model = shared.resolve("models/stories260k").toString();
  private final TextWindows calibrationText = text("valid", 8);
  private final TextWindows searchText = text("test", 4);
  private ArtifactStore store;
  private ModelWorker worker;
  private ModelActivities activities;

  @BeforeEach
  void startWorker() throws IOException {
    store = ArtifactStores.directory(folder.resolve("store"));
    worker = ModelWorker.in(folder, store);
    activities = worker.activities();
  }

  @AfterEach
  void stopWorker() {
    worker.close();
    store.close();
  }

  @Test
  void anEvaluationIsRunOnceAndFoundByItsKeyEverAfter() throws IOException {
    Calibration calibration = calibrate();
    ArtifactRef candidates = candidates(calibration);
    EvaluationRequest request =
        new EvaluationRequest(
            model, calibration, candidates, List.of("dense", "uniform"), searchText, PERPLEXITY);

    List<Fitness> first = activities.evaluate(request);
    List<Fitness> second = activities.evaluate(request);

    assertThat(first).extracting(Fitness::alreadyKnown).containsExactly(false, false);
    assertThat(second).extracting(Fitness::alreadyKnown).containsExactly(true, true);
    assertThat(second)
        .extracting(Fitness::perplexity)
        .containsExactlyElementsOf(first.stream().map(Fitness::perplexity).toList());
    assertThat(first.get(0).perplexity()).isLessThan(first.get(1).perplexity());
    assertThat(journalled())
        .extracting(EvaluationJournal.Line::event)
        .containsExactly(Event.START, Event.START, Event.END, Event.END);
  }

  @Test
  void whoWatchesHearsWhatRanAndWhatWasFound() throws IOException {
    Calibration calibration = calibrate();
    EvaluationRequest request =
        new EvaluationRequest(
            model,
            calibration,
            candidates(calibration),
            List.of("dense", "uniform"),
            searchText,
            PERPLEXITY);
    List<String> heard = new CopyOnWriteArrayList<>();
    try (ModelWorker watched =
        new ModelWorker(
            folder,
            "watched",
            store,
            Locations.ANYWHERE,
            Long.MAX_VALUE,
            (outcome, tokens) -> heard.add(outcome + " " + tokens))) {
      ModelActivities stub = watched.activities();
      List<Long> tokens = stub.evaluate(request).stream().map(Fitness::tokens).toList();

      assertThat(tokens).allMatch(each -> each > 0);
      assertThat(heard).containsExactlyInAnyOrder("DONE " + tokens.get(0), "DONE " + tokens.get(1));
      heard.clear();
      List<Fitness> unused = stub.evaluate(request);
      assertThat(heard).containsExactly("KNOWN " + tokens.get(0), "KNOWN " + tokens.get(1));
    }
  }

  @Test
  void moreWindowsExtendWhatWasMeasured() throws IOException {
    Calibration calibration = calibrate();
    ArtifactRef candidates = candidates(calibration);
    double few = perplexity(calibration, candidates, text("test", 4));
    double more = perplexity(calibration, candidates, text("test", 12));

    // 1,024 tokens are a chunk: the first four windows are not run again.
    assertThat(measuredWindows()).containsExactly(4, 8);
    assertThat(perplexity(calibration, candidates, text("test", 4))).isEqualTo(few);
    assertThat(measuredWindows()).containsExactly(4, 8);
    try (ArtifactStore empty = ArtifactStores.directory(folder.resolve("empty"));
        ModelWorker other = ModelWorker.in(folder, empty)) {
      ModelActivities fresh = other.activities();
      Calibration again = fresh.calibrate(new CalibrationRequest(model, calibrationText));
      ArtifactRef same = empty.put(store.read(candidates));
      assertThat(
              fresh
                  .evaluate(
                      new EvaluationRequest(
                          model, again, same, List.of("uniform"), text("test", 12), PERPLEXITY))
                  .get(0)
                  .perplexity())
          .isEqualTo(more);
    }
  }

  @Test
  void divergenceIsOneForTheDenseModelAndGrowsWithWhatIsRemoved() throws IOException {
    Calibration calibration = calibrate();
    ArtifactRef candidates = candidates(calibration);

    List<Fitness> fitness =
        activities.evaluate(
            new EvaluationRequest(
                model,
                calibration,
                candidates,
                List.of("dense", "uniform"),
                searchText,
                new Objective.Divergence(32)));

    assertThat(fitness.get(0).perplexity()).isEqualTo(1.0);
    assertThat(fitness.get(1).perplexity()).isBetween(1.05, 10.0);
  }

  @Test
  void workersThatMeasureTheSameAtOnceAgree() throws Exception {
    Calibration calibration = calibrate();
    ArtifactRef candidates = candidates(calibration);
    EvaluationRequest few =
        new EvaluationRequest(
            model, calibration, candidates, List.of("uniform", "uneven"), searchText, PERPLEXITY);
    EvaluationRequest more =
        new EvaluationRequest(
            model,
            calibration,
            candidates,
            List.of("uneven", "uniform"),
            text("test", 8),
            PERPLEXITY);
    try (ModelWorker second = ModelWorker.in(folder, store)) {
      ModelActivities other = second.activities();
      CompletableFuture<List<Fitness>> there =
          CompletableFuture.supplyAsync(() -> other.evaluate(more));
      List<Fitness> here = activities.evaluate(few);

      assertThat(there.get()).hasSize(2);
      assertThat(activities.evaluate(more))
          .extracting(Fitness::perplexity)
          .containsExactlyElementsOf(there.get().stream().map(Fitness::perplexity).toList());
      assertThat(other.evaluate(few))
          .extracting(Fitness::perplexity)
          .containsExactlyElementsOf(here.stream().map(Fitness::perplexity).toList());
    }
  }

  @Test
  void calibrationIsFoundAgainAndDescribesTheModel() throws IOException {
    Calibration first = calibrate();

    assertThat(calibrate()).isEqualTo(first);
    assertThat(first.layers()).isEqualTo(5);
    assertThat(first.parameters()).isEqualTo(260_032);
    PrunableModel prunable = Json.read(store.read(first.prunable()), PrunableModel.class);
    assertThat(prunable.layers()).hasSize(5);
  }

  @Test
  void aCalibrationFromBeforeThereWereStatisticsGetsThemAndStaysAsItIs() throws IOException {
    Calibration known = calibrate();
    LayerStatistics statistics = statistics(store, known);
    assertThat(statistics.layers()).hasSize(5);
    try (ArtifactStore older = ArtifactStores.directory(folder.resolve("older"));
        ModelWorker other = ModelWorker.in(folder, older)) {
      copyWithoutStatistics(known, older);
      ModelActivities activitiesThere = other.activities();

      assertThat(activitiesThere.calibrate(new CalibrationRequest(model, calibrationText)))
          .isEqualTo(known);
      assertThat(statistics(older, known)).isEqualTo(statistics);
    }
  }

  @Test
  void thePrunedModelThatLeavesTheStoreHasTheLossThatTheSearchSaw() throws IOException {
    Calibration calibration = calibrate();
    ArtifactRef candidates = candidates(calibration);
    List<Measurement> seen =
        activities.measure(
            new EvaluationRequest(
                model, calibration, candidates, List.of("uneven"), searchText, PERPLEXITY));

    PrunedModel pruned =
        activities.prune(new PruneRequest(model, calibration, candidates, "uneven"));

    assertThat(pruned.parameters()).isEqualTo(seen.get(0).parameters());
    assertThat(pruned.keptBlockShare()).isCloseTo(1 - SPARSITY, within(1e-3));
    Path directory = Files.createDirectory(folder.resolve("pruned"));
    ModelFiles files = Json.read(store.read(pruned.files()), ModelFiles.class);
    for (Map.Entry<String, ArtifactRef> file : files.files().entrySet()) {
      store.copyTo(file.getValue(), directory.resolve(file.getKey()));
    }
    Calibration ofPruned =
        activities.calibrate(new CalibrationRequest(directory.toString(), calibrationText));
    List<Measurement> loaded =
        activities.measure(
            new EvaluationRequest(
                directory.toString(),
                ofPruned,
                candidates(ofPruned),
                List.of("dense"),
                searchText,
                PERPLEXITY));
    assertThat(loaded.get(0).parameters()).isEqualTo(pruned.parameters());
    assertThat(loaded.get(0).perplexity())
        .isCloseTo(seen.get(0).perplexity(), within(1e-4 * seen.get(0).perplexity()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPrunedModelWithADamagedFileIsWrittenAgain(boolean deleted) throws IOException {
    Calibration calibration = calibrate();
    PruneRequest request = new PruneRequest(model, calibration, candidates(calibration), "uneven");
    PrunedModel pruned = activities.prune(request);
    ArtifactRef weights =
        Json.read(store.read(pruned.files()), ModelFiles.class).files().get("model.safetensors");
    Path blob = new KeptBlobs(folder.resolve("store")).blob(weights.sha256());
    KeptBlobs.damage(blob);
    ModelMeasurementRequest measurement =
        new ModelMeasurementRequest(pruned, calibration, searchText);
    assertThatThrownBy(() -> activities.measureModel(measurement))
        .rootCause()
        .hasMessageContaining("%s is damaged", blob.toUri())
        .hasMessageContaining("delete it and run again");
    if (deleted) {
      Files.delete(blob);
    }

    assertThat(activities.prune(request)).isEqualTo(pruned);

    assertThat(KeptBlobs.isIntact(blob)).isTrue();
    assertThat(activities.measureModel(measurement).perplexity()).isFinite();
  }

  @Test
  void whatARetryCannotMendIsNotRetried() {
    TextWindows absent = new TextWindows(folder.resolve("absent.txt").toString(), 256, 0, 1, true);

    assertIsRefused(new CalibrationRequest(model, absent), "absent.txt");
  }

  @Test
  void textsThatAreReadLaterAreLookedAtFirst() throws IOException {
    TextWindows absent = new TextWindows(folder.resolve("absent.txt").toString(), 256, 0, 1, true);
    TextWindows tooMany = new TextWindows(searchText.path(), 256, 0, 1_000_000, true);
    CalibrationRequest request = new CalibrationRequest(model, calibrationText);

    assertIsRefused(request.withTexts(List.of(searchText, absent)), "absent.txt");
    assertIsRefused(request.withTexts(List.of(tooMany)), "ask for fewer");
    try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }

    assertThat(activities.calibrate(request.withTexts(List.of(searchText))))
        .isEqualTo(activities.calibrate(request));
  }

  private void assertIsRefused(CalibrationRequest request, String said) {
    assertThatThrownBy(() -> activities.calibrate(request))
        .isInstanceOf(ActivityFailure.class)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getType()).isEqualTo(Failures.INVALID_INPUT);
              assertThat(failure.getOriginalMessage()).contains(said);
            });
  }

  @Test
  void aSearchUnderWayWaitsForWhatIsNotMounted() throws IOException {
    Path mounted = Files.createDirectory(folder.resolve("mounted"));
    Path there = Files.createSymbolicLink(mounted.resolve("model"), Path.of(model));
    Path text = Files.copy(Path.of(searchText.path()), mounted.resolve("text"));
    TextWindows windows = new TextWindows(text.toString(), 256, 0, 4, false);
    Calibration calibration =
        activities.calibrate(new CalibrationRequest(there.toString(), calibrationText));
    EvaluationRequest request =
        new EvaluationRequest(
            there.toString(),
            calibration,
            candidates(calibration),
            List.of("uniform"),
            windows,
            PERPLEXITY);

    Path elsewhere = Files.move(text, folder.resolve("text"));
    assertWaits(() -> activities.evaluate(request), text);
    Files.move(elsewhere, text);
    Files.move(mounted, folder.resolve("not mounted"));
    assertWaits(() -> activities.evaluate(request), there);
    Files.createDirectories(there); // a mount point is there, and empty
    assertWaits(() -> activities.evaluate(request), there);
    assertWaits(() -> activities.windows(new WindowsRequest(there.toString(), windows)), there);
    assertWaits(
        () ->
            activities.prune(
                new PruneRequest(there.toString(), calibration, request.candidates(), "uniform")),
        there);

    Files.delete(there);
    Files.delete(mounted);
    Files.move(folder.resolve("not mounted"), mounted);
    assertThat(activities.evaluate(request).get(0).perplexity()).isFinite();
  }

  private static void assertWaits(ThrowingCallable call, Path missing) {
    assertThatThrownBy(call)
        .isInstanceOf(ActivityFailure.class)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isFalse();
              assertThat(failure.getType()).isEqualTo(Failures.STORAGE);
              assertThat(failure.getOriginalMessage()).contains(missing + "", "mount");
            });
  }

  @Test
  void readsNothingOutsideOfItsRoots() throws IOException {
    Path allowed = Files.createDirectory(folder.resolve("allowed"));
    Roots none = Roots.below("--model-roots", List.of(allowed));
    assertRefused(new Locations(none, Roots.anywhere()), model, "--model-roots");
    Roots noText = Roots.below("--text-roots", List.of(allowed));
    assertRefused(
        new Locations(Roots.below("--model-roots", List.of(shared)), noText),
        calibrationText.path(),
        "--text-roots");
  }

  private void assertRefused(Locations locations, String location, String option) {
    try (ModelWorker limited =
        new ModelWorker(
            folder, "work", store, locations, Long.MAX_VALUE, EvaluationListener.SILENT)) {
      ModelActivities there = limited.activities();
      assertThatThrownBy(() -> there.calibrate(new CalibrationRequest(model, calibrationText)))
          .isInstanceOf(ActivityFailure.class)
          .cause()
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure -> {
                assertThat(failure.isNonRetryable()).isTrue();
                assertThat(failure.getType()).isEqualTo(Failures.INVALID_INPUT);
                assertThat(failure.getOriginalMessage()).contains(location, option);
              });
    }
  }

  private static LayerStatistics statistics(ArtifactStore artifacts, Calibration calibration)
      throws IOException {
    ArtifactRef ref = artifacts.find(LayerStatistics.indexKey(calibration.key())).orElseThrow();
    return Json.read(artifacts.read(ref), LayerStatistics.class);
  }

  private void copyWithoutStatistics(Calibration calibration, ArtifactStore older)
      throws IOException {
    IndexKey key = calibrationKey();
    ArtifactRef prunable = older.put(store.read(calibration.prunable()));
    ArtifactRef importance = older.put(store.read(calibration.importance()));
    ArtifactRef copy = older.put(store.read(store.find(key).orElseThrow()));
    assertThat(older.index(key, copy).sha256()).isEqualTo(copy.sha256());
    assertThat(List.of(prunable.sha256(), importance.sha256()))
        .containsExactly(calibration.prunable().sha256(), calibration.importance().sha256());
  }

  /** The key of the only calibration in the store. */
  private IndexKey calibrationKey() throws IOException {
    try (Stream<Path> entries = Files.walk(folder.resolve("store/index/calibration"))) {
      Path entry = entries.filter(Files::isRegularFile).findFirst().orElseThrow();
      return new IndexKey(
          "calibration", Json.mapper().readTree(entry.toFile()).path("key").asText());
    }
  }

  private double perplexity(Calibration calibration, ArtifactRef candidates, TextWindows text) {
    return activities
        .evaluate(
            new EvaluationRequest(
                model, calibration, candidates, List.of("uniform"), text, PERPLEXITY))
        .get(0)
        .perplexity();
  }

  /** Windows of each part of an evaluation that lies in the store, in the order of the text. */
  private List<Integer> measuredWindows() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("store/blobs"))) {
      return files
          .filter(Files::isRegularFile)
          .map(ModelActivitiesTest::part)
          .flatMap(Optional::stream)
          .sorted(Comparator.comparing(part -> part.chunks().get(0).firstWindow()))
          .map(part -> part.chunks().stream().mapToInt(chunk -> chunk.nllPerWindow().size()).sum())
          .toList();
    }
  }

  private static Optional<EvaluationPart> part(Path blob) {
    try {
      return Optional.of(Json.read(Files.readAllBytes(blob), EvaluationPart.class));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // another kind of artifact
    }
  }

  private Calibration calibrate() {
    return activities.calibrate(new CalibrationRequest(model, calibrationText));
  }

  private ArtifactRef candidates(Calibration calibration) throws IOException {
    PrunableModel prunable = Json.read(store.read(calibration.prunable()), PrunableModel.class);
    Budget budget = new Budget(prunable, SPARSITY);
    LayerRates uneven = new LayerRates(List.of(0.1, 0.2, 0.3, 0.4, 0.5));
    Lineage lineage = new Lineage(0, Operator.BASELINE, "test", List.of());
    return store.put(
        Json.writeBytes(
            new CandidateSet(
                List.of(
                    new Candidate("dense", LayerRates.uniform(5, 0), prunable.dense(), lineage),
                    new Candidate(
                        "uniform", LayerRates.uniform(5, SPARSITY), budget.uniform(), lineage),
                    new Candidate("uneven", uneven, budget.plan(uneven), lineage)))));
  }

  private List<EvaluationJournal.Line> journalled() throws IOException {
    return Files.readAllLines(folder.resolve("journal.jsonl")).stream()
        .map(line -> Json.read(line, EvaluationJournal.Line.class))
        .toList();
  }

  private TextWindows text(String split, int windows) {
    Path file = shared.resolve("data/wikitext2/wiki.%s.raw".formatted(split));
    return new TextWindows(file.toString(), 256, 0, windows, false);
  }
}
