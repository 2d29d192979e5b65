package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.gpu.export.PrunedModelWriter;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.reconstruct.FittedLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Pruned models by key: found if they were ever written, written and stored if not. A model that
 * lacks a file, or has a damaged one, is not there: it is written again, and takes its place.
 */
final class PrunedModels {
  private final Stored stored;
  private final LocalCopies copies;
  private final Path workDirectory;

  PrunedModels(Stored stored, LocalCopies copies, Path workDirectory) {
    this.stored = stored;
    this.copies = copies;
    this.workDirectory = workDirectory;
  }

  private record Key(String calibration, String plan, String format) {
    IndexKey indexKey() {
      return new IndexKey("pruned-model", Json.write(this));
    }
  }

  /** Where output projections are fitted. */
  private record FittedKey(String calibration, String plan, String format, String compensation) {
    IndexKey indexKey() {
      return new IndexKey("pruned-model", Json.write(this));
    }
  }

  /** Fits the layers of a plan, or finds them fitted. */
  @FunctionalInterface
  interface Fitter {
    /**
     * Fits.
     *
     * @param folder a new one, for files that are needed until the model is written
     */
    FittedLayers fit(Path folder) throws IOException;
  }

  /** With weights as they are. */
  PrunedModel findOrWrite(
      ModelDirectory dense,
      Calibration calibration,
      UnitOrder order,
      PruningPlan plan,
      ModelFormat format)
      throws IOException {
    return findOrWrite(
        new Key(calibration.key(), plan.digest(), format.name()).indexKey(),
        dense,
        calibration,
        order,
        plan,
        format,
        folder -> new NoLayers());
  }

  /**
   * With fitted output projections.
   *
   * @param compensation names the fit, and what it depends on beside calibration and plan
   */
  PrunedModel findOrWrite(
      ModelDirectory dense,
      Calibration calibration,
      UnitOrder order,
      PruningPlan plan,
      ModelFormat format,
      String compensation,
      Fitter fitter)
      throws IOException {
    return findOrWrite(
        new FittedKey(calibration.key(), plan.digest(), format.name(), compensation).indexKey(),
        dense,
        calibration,
        order,
        plan,
        format,
        fitter);
  }

  private PrunedModel findOrWrite(
      IndexKey key,
      ModelDirectory dense,
      Calibration calibration,
      UnitOrder order,
      PruningPlan plan,
      ModelFormat format,
      Fitter fitter)
      throws IOException {
    Optional<PrunedModel> known = stored.find(key, PrunedModel.class);
    if (known.isPresent() && isWhole(known.get())) {
      return known.get();
    }
    PrunableModel prunable = stored.read(calibration.prunable(), PrunableModel.class);
    long removed = prunable.blockParameters() - prunable.parameters(plan);
    PrunedModel model =
        new PrunedModel(
            stored.put(new ModelFiles(write(dense, order, plan, format, fitter))),
            calibration.parameters() - removed,
            1.0 - prunable.removedShare(plan),
            format);
    return stored.index(key, model, PrunedModel.class, this::isWhole);
  }

  /** Whether all of a model's files can be used. */
  private boolean isWhole(PrunedModel model) throws IOException {
    Optional<ModelFiles> files = stored.readable(model.files(), ModelFiles.class);
    if (files.isEmpty()) {
      return false;
    }
    for (ArtifactRef file : files.get().files().values()) {
      if (!copies.isIntact(file)) {
        return false;
      }
    }
    return true;
  }

  private Map<String, ArtifactRef> write(
      ModelDirectory dense, UnitOrder order, PruningPlan plan, ModelFormat format, Fitter fitter)
      throws IOException {
    Files.createDirectories(workDirectory);
    Path work = Files.createTempDirectory(workDirectory, "pruned");
    try {
      Path directory = work.resolve("model");
      FittedLayers layers = fitter.fit(Files.createDirectory(work.resolve("fitted")));
      try (FittedTensors fitted = FittedTensors.open(layers, plan.layers().size())) {
        PrunedModelWriter.write(dense, order, plan, fitted.byName(), format, directory);
      }
      Map<String, ArtifactRef> files = new TreeMap<>();
      try (Stream<Path> written = Files.list(directory)) {
        for (Path file : written.sorted().toList()) {
          files.put(file.getFileName().toString(), stored.store().put(file));
        }
      }
      return files;
    } finally {
      delete(work);
    }
  }

  /** Deletes a folder with all that is in it, and nothing that links in it lead to. */
  static void delete(Path directory) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(directory)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }
}
