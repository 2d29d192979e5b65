package dev.selfpruner.infra.endtoend;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.FitRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.LatencyFigures;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.LatencyReportRequest;
import dev.selfpruner.activities.search.LatencyRequest;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.ModelMeasurementRequest;
import dev.selfpruner.activities.search.ProbeResult;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.WindowsRequest;
import dev.selfpruner.llm.testing.Models;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A model of a few layers whose perplexity is a formula that costs nothing: what a search as
 * published takes beside it is what orchestration takes.
 */
final class FakeEvaluator implements ModelActivities {
  private static final PrunableModel MODEL = Models.small(32);

  private final ArtifactStore store;
  private final Consumer<EvaluationRequest> before;
  private final AtomicInteger evaluated = new AtomicInteger();

  FakeEvaluator(ArtifactStore store) {
    this(store, request -> {});
  }

  /** With something to do before each evaluation, such as to wait. */
  FakeEvaluator(ArtifactStore store, Consumer<EvaluationRequest> before) {
    this.store = store;
    this.before = before;
  }

  /** Evaluations so far. */
  int evaluated() {
    return evaluated.get();
  }

  @Override
  public Calibration calibrate(CalibrationRequest request) {
    ArtifactRef model = put(Json.writeBytes(MODEL));
    return new Calibration(
        "calibration", Digests.sha256("model"), model, model, 1_000_000, MODEL.layers().size());
  }

  @Override
  public List<Fitness> evaluate(EvaluationRequest request) {
    before.accept(request);
    CandidateSet candidates = candidates(request.candidates());
    return request.ids().stream()
        .map(
            id -> {
              evaluated.incrementAndGet();
              return new Fitness(id, perplexity(candidates.candidate(id)), false, 10L);
            })
        .toList();
  }

  /** The first layers hurt most. */
  private static double perplexity(Candidate candidate) {
    List<Double> rates = candidate.rates().rates();
    double loss = 2;
    for (int i = 0; i < rates.size(); i++) {
      loss += rates.get(i) * rates.get(i) / (1 + i);
    }
    return Math.exp(loss);
  }

  @Override
  public List<Measurement> measure(EvaluationRequest request) {
    CandidateSet candidates = candidates(request.candidates());
    return request.ids().stream()
        .map(id -> new Measurement(perplexity(candidates.candidate(id)), 1_000_000, 0.7))
        .toList();
  }

  @Override
  public PrunedModel prune(PruneRequest request) {
    return new PrunedModel(put(Json.writeBytes("a model")), 700_000, 0.7);
  }

  @Override
  public ProbeResult probe(EvaluationRequest request) {
    throw unasked();
  }

  @Override
  public int windows(WindowsRequest request) {
    throw unasked();
  }

  @Override
  public LatencyGoal measureLatency(LatencyRequest request) {
    throw unasked();
  }

  @Override
  public LatencyFigures reportLatency(LatencyReportRequest request) {
    throw unasked();
  }

  @Override
  public PrunedModel fit(FitRequest request) {
    throw unasked();
  }

  @Override
  public Measurement measureModel(ModelMeasurementRequest request) {
    throw unasked();
  }

  private static UnsupportedOperationException unasked() {
    return new UnsupportedOperationException("a search as published doesn't ask for it");
  }

  private CandidateSet candidates(ArtifactRef candidates) {
    try {
      return CandidateSet.read(store.read(candidates));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ArtifactRef put(byte[] content) {
    try {
      return store.put(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
