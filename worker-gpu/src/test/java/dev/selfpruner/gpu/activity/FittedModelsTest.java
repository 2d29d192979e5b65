package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.FitRequest;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.activities.search.ModelMeasurementRequest;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.activity.EvaluationListener.Step;
import dev.selfpruner.gpu.corpus.StoryCorpus;
import dev.selfpruner.gpu.corpus.TextSplit;
import dev.selfpruner.gpu.reconstruct.GramIndex;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo model at 30 %, grouped queries and all: what fits give, and that they are found. */
class FittedModelsTest {
  private static final Path MODEL =
      Path.of("..", "infra/src/main/resources/dev/selfpruner/infra/demo").toAbsolutePath();
  private static final Compensation FITTED = new Compensation.LeastSquares(3e-4);
  private static final Compensation NONE = new Compensation.None();
  private static final String LAYERS = "fitted-layer";

  private final RecordedSteps steps = new RecordedSteps();

  @TempDir private Path folder;
  private FailingStore store;
  private ModelWorker worker;
  private ModelActivities activities;
  private TextWindows fitText;
  private TextWindows heldOut;
  private TextWindows testText;

  @BeforeEach
  void startWorker() throws IOException {
    Path search = folder.resolve("search.txt");
    Path test = folder.resolve("test.txt");
    new StoryCorpus(TextSplit.SEARCH, 1).write(search, 60_000);
    new StoryCorpus(TextSplit.TEST, 1).write(test, 20_000);
    fitText = new TextWindows(search.toString(), 256, 0, 24, true);
    heldOut = new TextWindows(search.toString(), 256, 24, 8, true);
    testText = new TextWindows(test.toString(), 256, 0, 8, true);
    store =
        new FailingStore(
            ArtifactStores.directory(folder.resolve("store")), LAYERS, Integer.MAX_VALUE);
    worker = new ModelWorker(folder, "work", store, Locations.ANYWHERE, Long.MAX_VALUE, steps);
    activities = worker.activities();
  }

  @AfterEach
  void stopWorker() {
    worker.close();
    store.close();
  }

  @Test
  void aFitMendsWhatPruningBreaksAndTheWrittenModelHasTheLossOfTheEvaluation() throws IOException {
    Calibration calibration = calibrationWithGram();
    ArtifactRef candidates = candidates(calibration);
    assertThat(steps.since())
        .containsExactly(
            Step.LOAD_WEIGHTS, Step.COLLECT_STATISTICS, Step.LOAD_WEIGHTS, Step.COLLECT_STATISTICS);

    double dense = evaluated(calibration, candidates, "dense", NONE);
    double sliced = evaluated(calibration, candidates, "uniform", NONE);
    double once = evaluated(calibration, candidates, "uniform", FITTED);
    assertThat(evaluated(calibration, candidates, "dense", FITTED)).isEqualTo(dense);
    assertThat(steps.since())
        .containsExactly(
            Step.LOAD_WEIGHTS,
            Step.RUN_CANDIDATES,
            Step.RUN_CANDIDATES,
            Step.RUN_CANDIDATES,
            Step.RUN_CANDIDATES);
    PrunedModel prunedOnce =
        activities.prune(
            new PruneRequest(MODEL.toString(), calibration, candidates, "uniform", FITTED));
    PrunedModel pruned =
        activities.prune(
            new PruneRequest(MODEL.toString(), calibration, candidates, "uniform", NONE));
    assertThat(steps.since()).containsExactly(Step.WRITE_MODEL, Step.WRITE_MODEL);
    PrunedModel fitted = activities.fit(request(calibration, candidates, List.of(3e-4)));
    assertThat(steps.since()).containsExactly(Step.FIT_LAYERS, Step.WRITE_MODEL);
    double sequential = measured(fitted, calibration);
    assertThat(steps.since()).containsExactly(Step.LOAD_WEIGHTS, Step.RUN_MODEL);

    System.out.printf(
        "demo model at 30 %%: dense %.4f, sliced %.4f, dense-once %.4f, sequential %.4f%n",
        dense, sliced, once, sequential);
    assertThat(once).isLessThan(dense + 0.75 * (sliced - dense));
    assertThat(sequential).isLessThan(dense + 0.4 * (sliced - dense));
    assertThat(dense).isLessThan(sequential);
    // The files hold 16-bit numbers, the evaluation had 32 bits.
    assertThat(measured(prunedOnce, calibration)).isCloseTo(once, within(1e-3 * once));
    assertThat(measured(pruned, calibration)).isCloseTo(sliced, within(1e-4 * sliced));
    assertThat(prunedOnce.parameters()).isEqualTo(pruned.parameters());
    assertThat(fitted.keptBlockShare()).isEqualTo(pruned.keptBlockShare());
    assertThat(activities.measureModel(measurement(fitted, calibration)))
        .isEqualTo(new Measurement(sequential, fitted.parameters(), fitted.keptBlockShare()));
    assertThat(folder.resolve("work")).isDirectoryNotContaining("glob:**/measured*");
  }

  @Test
  void whatWasFittedIsFoundAndWhatIsFittedDiffersByItsSettings() throws IOException {
    Calibration calibration = calibrationWithGram();
    ArtifactRef candidates = candidates(calibration);
    double once = evaluated(calibration, candidates, "uniform", FITTED);
    FitRequest request = request(calibration, candidates, List.of(1e-2));
    PrunedModel fitted = activities.fit(request);
    int journalled = Files.readAllLines(folder.resolve("journal.jsonl")).size();
    int layers = store.indexed().size();
    assertThat(layers).isEqualTo(8);

    assertThat(activities.fit(request)).isEqualTo(fitted);
    assertThat(evaluated(calibration, candidates, "uniform", FITTED)).isEqualTo(once);
    assertThat(store.indexed()).hasSize(layers);
    assertThat(Files.readAllLines(folder.resolve("journal.jsonl"))).hasSize(journalled);

    assertThat(evaluated(calibration, candidates, "uniform", new Compensation.LeastSquares(0.1)))
        .isNotEqualTo(once);
    assertThat(activities.fit(request(calibration, candidates, List.of(0.1))).files())
        .isNotEqualTo(fitted.files());
    assertThat(store.indexed()).hasSize(2 * layers);
  }

  @Test
  void ofSeveralDampingsTheOneThatHeldOutTextPrefersStays() throws IOException {
    Calibration calibration = calibration();
    ArtifactRef candidates = candidates(calibration);
    Map<Double, PrunedModel> byPerplexity = new TreeMap<>();
    for (double damping : List.of(1e-5, 1e-2, 1.0)) {
      PrunedModel model = activities.fit(request(calibration, candidates, List.of(damping)));
      byPerplexity.put(
          activities
              .measureModel(new ModelMeasurementRequest(model, calibration, heldOut))
              .perplexity(),
          model);
    }
    assertThat(byPerplexity).hasSize(3);
    int layers = store.indexed().size();
    List<Step> unused = steps.since();

    assertThat(activities.fit(request(calibration, candidates, List.of(1.0, 1e-5, 1e-2, 1e-5))))
        .isEqualTo(byPerplexity.values().iterator().next());
    assertThat(store.indexed()).hasSize(layers);
    assertThat(steps.since())
        .as("each damping's layers are found, and judged; the best one's are written")
        .containsExactly(
            Step.LOAD_WEIGHTS,
            Step.FIT_LAYERS,
            Step.RUN_CANDIDATES,
            Step.FIT_LAYERS,
            Step.RUN_CANDIDATES,
            Step.FIT_LAYERS,
            Step.RUN_CANDIDATES,
            Step.FIT_LAYERS,
            Step.WRITE_MODEL);
  }

  @Test
  void aDampingThatGivesNoFitIsPassedOverUnlessThereIsNothingElse() throws IOException {
    Calibration calibration = calibrationWithGram();
    ArtifactRef candidates = candidates(calibration);
    // fewer tokens than units: singular
    TextWindows few = new TextWindows(fitText.path(), 32, 0, 1, true);

    assertThat(activities.fit(request(calibration, candidates, few, List.of(1e-300, 1.0), NONE)))
        .isEqualTo(activities.fit(request(calibration, candidates, few, List.of(1.0), NONE)));
    assertThat(activities.fit(request(calibration, candidates, few, List.of(1e-300), FITTED)))
        .as("the fit of the search")
        .isEqualTo(
            activities.prune(
                new PruneRequest(MODEL.toString(), calibration, candidates, "uniform", FITTED)));
    for (List<Double> dampings : List.of(List.of(1e-300), List.of(1e-300, 1e-299))) {
      assertThatThrownBy(
              () -> activities.fit(request(calibration, candidates, few, dampings, NONE)))
          .hasStackTraceContaining("a damping of 1.0E-300 give no fit");
    }
  }

  @Test
  void aWorkerThatDiesBetweenLayersGoesOnWithTheNextAndWritesTheSameModel() throws IOException {
    Calibration calibration = calibration();
    ArtifactRef candidates = candidates(calibration);
    FitRequest request = request(calibration, candidates, List.of(1e-3));
    for (int more : new int[] {2, 0, 3}) {
      store.accept(more);
      assertThatThrownBy(() -> activities.fit(request))
          .rootCause()
          .hasMessageContaining("the store is gone");
    }
    assertThat(store.indexed()).hasSize(5);
    store.accept(Integer.MAX_VALUE);
    PrunedModel resumed = activities.fit(request);
    assertThat(store.indexed()).hasSize(8).doesNotHaveDuplicates();
    KeptBlobs blobs = new KeptBlobs(folder.resolve("store"));
    List<Path> lost = List.of(blobs.of(LAYERS).get(3), blobs.of("ordered-weights").get(0));
    for (Path blob : lost) {
      KeptBlobs.damage(blob);
    }
    try (ArtifactStore same = ArtifactStores.directory(folder.resolve("store"));
        ModelWorker next = ModelWorker.in(folder, same)) {
      assertThat(next.activities().fit(request)).isEqualTo(resumed);
    }
    for (Path blob : lost) {
      assertThat(KeptBlobs.isIntact(blob)).as("%s", blob).isTrue();
    }

    try (ArtifactStore other = ArtifactStores.directory(folder.resolve("other"));
        ModelWorker undisturbed =
            new ModelWorker(
                folder,
                "w2",
                other,
                Locations.ANYWHERE,
                Long.MAX_VALUE,
                EvaluationListener.SILENT)) {
      ModelActivities fresh = undisturbed.activities();
      Calibration again = fresh.calibrate(new CalibrationRequest(MODEL.toString(), fitText));
      PrunedModel whole =
          fresh.fit(
              new FitRequest(
                  MODEL.toString(),
                  again,
                  other.put(store.read(candidates)),
                  "uniform",
                  fitText,
                  List.of(1e-3),
                  heldOut));
      assertThat(digests(other, whole)).isEqualTo(digests(store, resumed));
    }
  }

  @Test
  void copiesOfAStoreElsewhereTakeNoMoreThanMatricesMay() throws IOException {
    List<CalibrationRequest> requests =
        List.of(surgeons(fitText), surgeons(heldOut), surgeons(testText));
    long gram = 0;
    for (ArtifactRef layer : gram(activities.calibrate(requests.get(0))).layers()) {
      gram += layer.bytes();
    }
    try (ArtifactStore other = ArtifactStores.directory(folder.resolve("other"));
        ModelWorker bounded =
            new ModelWorker(
                folder,
                "w2",
                new FailingStore(other, "none", 0), // has no files of its own to give
                Locations.ANYWHERE,
                gram,
                EvaluationListener.SILENT)) {
      ModelActivities fresh = bounded.activities();
      for (CalibrationRequest request : requests) {
        assertThat(fresh.calibrate(request).gram()).hasSize(1);
      }
    }
    assertThat(bytes(folder.resolve("w2/gram"))).isPositive().isLessThanOrEqualTo(gram);
  }

  private static CalibrationRequest surgeons(TextWindows text) {
    return new CalibrationRequest(
        MODEL.toString(), text, RemovalOrder.BRAIN_SURGEON, AttentionUnit.QUERY_HEAD, true);
  }

  private GramIndex gram(Calibration calibration) throws IOException {
    return Json.read(store.read(calibration.gram().get(0)), GramIndex.class);
  }

  private static long bytes(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  @Test
  void aFitWithoutGramMatricesIsNoUseToRetry() throws IOException {
    Calibration calibration = calibration();
    ArtifactRef candidates = candidates(calibration);

    assertThatThrownBy(() -> evaluated(calibration, candidates, "uniform", FITTED))
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getType()).isEqualTo(Failures.INVALID_INPUT);
              assertThat(failure.getOriginalMessage())
                  .contains("needs the calibration's Gram matrices");
            });
    assertThatThrownBy(
            () ->
                activities.prune(
                    new PruneRequest(MODEL.toString(), calibration, candidates, "dense", FITTED)))
        .rootCause()
        .hasMessageContaining("needs the calibration's Gram matrices");
    assertThatThrownBy(
            () ->
                activities.fit(
                    new FitRequest(
                        MODEL.toString(),
                        calibration,
                        candidates,
                        "nobody",
                        fitText,
                        List.of(0.1),
                        heldOut)))
        .rootCause()
        .hasMessageContaining("no candidate with the id nobody");
  }

  private static Map<String, String> digests(ArtifactStore artifacts, PrunedModel model)
      throws IOException {
    Map<String, String> digests = new TreeMap<>();
    Json.read(artifacts.read(model.files()), ModelFiles.class)
        .files()
        .forEach((name, file) -> digests.put(name, file.sha256()));
    return digests;
  }

  private FitRequest request(
      Calibration calibration, ArtifactRef candidates, List<Double> dampings) {
    return request(calibration, candidates, fitText, dampings, NONE);
  }

  private FitRequest request(
      Calibration calibration,
      ArtifactRef candidates,
      TextWindows text,
      List<Double> dampings,
      Compensation compensation) {
    return new FitRequest(
        MODEL.toString(),
        calibration,
        candidates,
        "uniform",
        text,
        dampings,
        heldOut,
        compensation);
  }

  private double measured(PrunedModel model, Calibration calibration) {
    return activities.measureModel(measurement(model, calibration)).perplexity();
  }

  private ModelMeasurementRequest measurement(PrunedModel model, Calibration calibration) {
    return new ModelMeasurementRequest(model, calibration, testText);
  }

  private double evaluated(
      Calibration calibration, ArtifactRef candidates, String id, Compensation compensation) {
    return activities
        .evaluate(
            new EvaluationRequest(
                MODEL.toString(),
                calibration,
                candidates,
                List.of(id),
                testText,
                new Objective.Perplexity(),
                compensation))
        .get(0)
        .perplexity();
  }

  private Calibration calibration() {
    return activities.calibrate(new CalibrationRequest(MODEL.toString(), fitText));
  }

  private Calibration calibrationWithGram() {
    return activities.calibrate(
        new CalibrationRequest(
            MODEL.toString(), fitText, RemovalOrder.WANDA_SP, AttentionUnit.QUERY_HEAD, true));
  }

  private ArtifactRef candidates(Calibration calibration) throws IOException {
    PrunableModel prunable = Json.read(store.read(calibration.prunable()), PrunableModel.class);
    Lineage lineage = new Lineage(0, Operator.BASELINE, "test", List.of());
    return store.put(
        Json.writeBytes(
            new CandidateSet(
                List.of(
                    new Candidate("dense", LayerRates.uniform(8, 0), prunable.dense(), lineage),
                    new Candidate(
                        "uniform",
                        LayerRates.uniform(8, 0.3),
                        new Budget(prunable, 0.3).uniform(),
                        lineage)))));
  }
}
