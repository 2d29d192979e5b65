package dev.selfpruner.activities.search;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** What needs the model: run by GPU workers (or on the CPU, where that is all there is). */
@ActivityInterface(namePrefix = "Model")
public interface ModelActivities {

  /**
   * Runs the dense model over the calibration text once and stores the importance of every unit.
   */
  @ActivityMethod
  Calibration calibrate(CalibrationRequest request);

  /**
   * Measures the perplexity of pruned models, in the order asked for. A finished evaluation is
   * found in the store by its key and never run again; heartbeats after each candidate.
   */
  @ActivityMethod
  List<Fitness> evaluate(EvaluationRequest request);

  /** As {@link #evaluate}, with the numbers in the store: for many candidates. */
  @ActivityMethod
  ProbeResult probe(EvaluationRequest request);

  /**
   * Windows that a text has for a model.
   *
   * @return those that {@code request} names, or as many of them as there are
   */
  @ActivityMethod
  int windows(WindowsRequest request);

  /**
   * Measures what the model's blocks take on this worker's device, at every number of attention
   * units and at several widths of the MLP. A table is found in the store by its key and never
   * measured again. A worker of another device than the target names refuses.
   */
  @ActivityMethod
  LatencyGoal measureLatency(LatencyRequest request);

  /** What the models of a finished search take: foretold, and measured as a whole. */
  @ActivityMethod
  LatencyFigures reportLatency(LatencyReportRequest request);

  /** As {@link #evaluate}, with the sizes of the models: what a report shows. */
  @ActivityMethod
  List<Measurement> measure(EvaluationRequest request);

  /** Carries out a candidate's plan and stores the smaller model. */
  @ActivityMethod
  PrunedModel prune(PruneRequest request);

  /**
   * Carries out a candidate's plan with o_proj and down_proj fitted layer by layer, and stores the
   * smaller model. Each fitted layer is found in the store by its key and never fitted again.
   */
  @ActivityMethod
  PrunedModel fit(FitRequest request);

  /** Measures the perplexity of a stored model: of its files, as whoever loads them gets it. */
  @ActivityMethod
  Measurement measureModel(ModelMeasurementRequest request);
}
