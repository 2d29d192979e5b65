package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.FitRequest;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.ModelMeasurementRequest;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.corpus.StoryCorpus;
import dev.selfpruner.gpu.corpus.TextSplit;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo model, eight query heads on four key-value heads, of which some have to go. */
class PaddedModelsTest {
  private static final Path MODEL =
      Path.of("..", "infra/src/main/resources/dev/selfpruner/infra/demo").toAbsolutePath();
  private static final Compensation NONE = new Compensation.None();
  private static final Compensation FITTED = new Compensation.LeastSquares(3e-4);

  @TempDir private Path folder;
  private ArtifactStore store;
  private ModelWorker worker;
  private ModelActivities activities;
  private TextWindows text;

  @BeforeEach
  void startWorker() throws IOException {
    Path stories = folder.resolve("stories.txt");
    new StoryCorpus(TextSplit.SEARCH, 1).write(stories, 30_000);
    text = new TextWindows(stories.toString(), 256, 0, 12, true);
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
  void paddedIsTheSameModelInTheDenseModelsShapeWithAFitAndWithout() throws IOException {
    Calibration calibration =
        activities.calibrate(
            new CalibrationRequest(
                MODEL.toString(),
                text,
                RemovalOrder.BRAIN_SURGEON,
                AttentionUnit.QUERY_HEAD,
                true,
                ModelFormat.PADDED));
    ArtifactRef candidates = candidates();
    List<Function<ModelFormat, PrunedModel>> ways =
        List.of(
            format -> activities.prune(prune(calibration, candidates, format)),
            format -> activities.prune(fittedOnce(calibration, candidates, format)),
            format -> activities.fit(fit(calibration, candidates, format)));

    List<Double> perplexities = new ArrayList<>();
    for (Function<ModelFormat, PrunedModel> way : ways) {
      PrunedModel compact = way.apply(ModelFormat.COMPACT);
      PrunedModel padded = way.apply(ModelFormat.PADDED);

      assertThat(padded)
          .isEqualTo(
              new PrunedModel(
                  padded.files(),
                  compact.parameters(),
                  compact.keptBlockShare(),
                  ModelFormat.PADDED));
      assertThat(compact.format()).isEqualTo(ModelFormat.COMPACT);
      double expected = measured(compact, calibration);
      assertThat(measured(padded, calibration)).isCloseTo(expected, within(1e-5 * expected));
      assertThat(read(padded, "config.json"))
          .isEqualTo(Files.readAllBytes(MODEL.resolve("config.json")));
      assertThat(sizes(padded, "selfpruner.json")).isEqualTo(sizes(compact, "config.json"));
      assertThat(List.of(way.apply(ModelFormat.PADDED), way.apply(ModelFormat.COMPACT)))
          .as("found again")
          .containsExactly(padded, compact);
      perplexities.add(expected);
    }
    assertThat(perplexities).doesNotHaveDuplicates();
    for (JsonNode layer : sizes(activities.fit(fit(calibration, candidates, ModelFormat.PADDED)))) {
      assertThat(layer.path("key_value_head_of_query_head")).hasSize(3).doesNotContain(three());
    }
  }

  @Test
  void aModelThatIsPrunedAlreadyIsRefusedBeforeAnythingRuns() throws IOException {
    Calibration calibration = activities.calibrate(request(MODEL, ModelFormat.COMPACT));
    PrunedModel pruned = activities.prune(prune(calibration, candidates(), ModelFormat.COMPACT));
    Path directory = Files.createDirectory(folder.resolve("pruned"));
    for (Map.Entry<String, ArtifactRef> file : files(pruned).entrySet()) {
      store.copyTo(file.getValue(), directory.resolve(file.getKey()));
    }

    assertThatThrownBy(() -> activities.calibrate(request(directory, ModelFormat.PADDED)))
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getType()).isEqualTo(Failures.INVALID_INPUT);
              assertThat(failure.getOriginalMessage()).contains("the model is pruned already");
            });
    assertThat(activities.calibrate(request(directory, ModelFormat.COMPACT)).key())
        .isNotEqualTo(calibration.key());
    assertThat(activities.calibrate(request(MODEL, ModelFormat.PADDED))).isEqualTo(calibration);
  }

  private CalibrationRequest request(Path model, ModelFormat format) {
    return new CalibrationRequest(model.toString(), text, format);
  }

  private static PruneRequest prune(
      Calibration calibration, ArtifactRef candidates, ModelFormat format) {
    return new PruneRequest(MODEL.toString(), calibration, candidates, "few", NONE, format);
  }

  private static PruneRequest fittedOnce(
      Calibration calibration, ArtifactRef candidates, ModelFormat format) {
    return new PruneRequest(MODEL.toString(), calibration, candidates, "few", FITTED, format);
  }

  private FitRequest fit(Calibration calibration, ArtifactRef candidates, ModelFormat format) {
    return new FitRequest(
        MODEL.toString(),
        calibration,
        candidates,
        "few",
        text,
        List.of(1e-2),
        text,
        FITTED,
        format);
  }

  private double measured(PrunedModel model, Calibration calibration) {
    return activities
        .measureModel(new ModelMeasurementRequest(model, calibration, text))
        .perplexity();
  }

  private Map<String, ArtifactRef> files(PrunedModel model) throws IOException {
    return Json.read(store.read(model.files()), ModelFiles.class).files();
  }

  private byte[] read(PrunedModel model, String file) throws IOException {
    return store.read(files(model).get(file));
  }

  private JsonNode sizes(PrunedModel model, String file) throws IOException {
    return Json.mapper().readTree(read(model, file)).path("selfpruner");
  }

  private JsonNode sizes(PrunedModel padded) throws IOException {
    return sizes(padded, "selfpruner.json").path("layers");
  }

  private static JsonNode three() {
    return Json.mapper().getNodeFactory().numberNode(3);
  }

  /** Three query heads read three key-value heads at most. */
  private ArtifactRef candidates() throws IOException {
    PruningPlan plan = new PruningPlan(Collections.nCopies(8, new LayerPlan(3, 80)));
    Lineage lineage = new Lineage(0, Operator.BASELINE, "test", List.of());
    return store.put(
        Json.writeBytes(
            new CandidateSet(
                List.of(new Candidate("few", LayerRates.uniform(8, 0.4), plan, lineage)))));
  }
}
