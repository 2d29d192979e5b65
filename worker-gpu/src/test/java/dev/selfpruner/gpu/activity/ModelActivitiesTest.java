package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.activity.EvaluationJournal.Event;
import dev.selfpruner.gpu.engine.ComputeOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

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
  private final TestActivityEnvironment temporal = TestActivityEnvironment.newInstance();
  private final ProgressDeadline deadline =
      new ProgressDeadline(
          Duration.ofMinutes(5),
          () -> {
            throw new AssertionError("no progress");
          });
  private ArtifactStore store;
  private EvaluationJournal journal;
  private ModelActivitiesImpl worker;
  private ModelActivities activities;

  @BeforeEach
  void startWorker() throws IOException {
    store = ArtifactStores.directory(folder.resolve("store"));
    journal = EvaluationJournal.open(folder.resolve("journal.jsonl"));
    worker =
        new ModelActivitiesImpl(
            store, journal, folder.resolve("work"), ComputeOptions.of(Device.cpu()), deadline);
    temporal.registerActivitiesImplementations(worker);
    activities = temporal.newActivityStub(ModelActivities.class);
  }

  @AfterEach
  void stopWorker() {
    temporal.close();
    deadline.close();
    worker.close();
    journal.close();
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
  void calibrationIsFoundAgainAndDescribesTheModel() throws IOException {
    Calibration first = calibrate();

    assertThat(calibrate()).isEqualTo(first);
    assertThat(first.layers()).isEqualTo(5);
    assertThat(first.parameters()).isEqualTo(260_032);
    PrunableModel prunable = Json.read(store.read(first.prunable()), PrunableModel.class);
    assertThat(prunable.layers()).hasSize(5);
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

  @Test
  void whatARetryCannotMendIsNotRetried() {
    TextWindows absent = new TextWindows(folder.resolve("absent.txt").toString(), 256, 0, 1, true);

    assertThatThrownBy(() -> activities.calibrate(new CalibrationRequest(model, absent)))
        .isInstanceOf(ActivityFailure.class)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getType()).isEqualTo(Failures.INVALID_INPUT);
              assertThat(failure.getOriginalMessage()).contains("absent.txt");
            });
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
