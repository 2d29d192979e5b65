package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.FitRequest;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.NumericalException;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.reconstruct.DenseOnceFits;
import dev.selfpruner.gpu.reconstruct.PlanFits;
import dev.selfpruner.gpu.reconstruct.SequentialFit;
import dev.selfpruner.gpu.text.TokenWindows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sequential fits by key: what was fitted is found, layer by layer; the rest is fitted. */
final class SequentialFits {
  private static final Logger LOG = LoggerFactory.getLogger(SequentialFits.class);

  private final Stored stored;
  private final LocalCopies copies;
  private final Path workDirectory;
  private final ComputeOptions options;
  private final Evaluations evaluations;
  private final Compensations compensations;

  SequentialFits(
      Stored stored,
      LocalCopies copies,
      Path workDirectory,
      ComputeOptions options,
      Evaluations evaluations,
      Compensations compensations) {
    this.stored = stored;
    this.copies = copies;
    this.workDirectory = workDirectory;
    this.options = options;
    this.evaluations = evaluations;
    this.compensations = compensations;
  }

  /**
   * A fit of a plan.
   *
   * @param key names the fit, as evaluations and pruned models do
   * @param prior what it shrinks towards; empty for the weights as they are
   * @param layers where its layers are
   */
  record Fit(
      String key, double damping, Optional<Compensations.DenseOnce> prior, StoredLayers layers) {}

  /**
   * What is fitted.
   *
   * @param listener of each damping's part
   */
  record Task(
      OpenModel model,
      FitRequest request,
      PruningPlan plan,
      Supplier<UnitOrder> order,
      Function<String, ProgressListener> listener) {
    Engines engines() {
      return model.engines(request.calibration().key(), order);
    }
  }

  /** A text as the model reads it, cut. */
  private record Text(TextKey key, TokenWindows windows) {}

  /**
   * The best fit, whole in the store; empty where none does better on the held-out text than what
   * the candidates were compared with: a plan that lost much leaves residuals behind that no fit on
   * this text mends elsewhere. A damping that gives no fit is passed over.
   *
   * @throws NumericalException if none gives one, and there is nothing else
   */
  Optional<Fit> findOrRun(Task task) throws IOException {
    Text text = text(task.model(), task.request().text());
    List<Double> dampings = task.request().dampings().stream().distinct().sorted().toList();
    boolean compared = !(task.request().compensation() instanceof Compensation.None);
    Optional<Fit> best =
        compared ? Optional.empty() : Optional.of(fit(task, text, dampings.get(0)));
    if (compared || dampings.size() > 1) {
      double lowest = compared ? asCompared(task) : Double.POSITIVE_INFINITY;
      for (double damping : dampings) { // of equals, the smallest stays
        Fit fit = fit(task, text, damping);
        double perplexity = perplexity(task, text, fit);
        if (perplexity < lowest) {
          lowest = perplexity;
          best = Optional.of(fit);
        }
      }
    }
    if (best.isPresent()) {
      run(task, text, best.get());
    }
    return best;
  }

  private double asCompared(Task task) throws IOException {
    FitRequest request = task.request();
    return perplexity(
        task,
        "the fit of the search",
        compensations.of(task.model(), request.calibration(), request.compensation()));
  }

  private Fit fit(Task task, Text text, double damping) throws IOException {
    Optional<Compensations.DenseOnce> prior =
        compensations.denseOnce(
            task.model(), task.request().calibration(), task.request().compensation());
    String key =
        "sequential least squares, damping %s, towards %s, text %s from %d, %d windows, code %s"
            .formatted(
                damping,
                prior.map(Compensations.DenseOnce::key).orElse("the weights"),
                Json.write(text.key()),
                task.request().text().firstWindow(),
                text.windows().count(),
                DenseOnceFits.sourceSha256().substring(0, 16));
    OpenModel model = task.model();
    return new Fit(
        key,
        damping,
        prior,
        new StoredLayers(
            stored,
            copies,
            workDirectory,
            new StoredLayers.Key(
                model.directory().sha256(),
                task.request().calibration().key(),
                task.plan().digest(),
                key,
                model.numericType().name(),
                model.engine())));
  }

  /** Fits the layers that are missing. */
  private void run(Task task, Text text, Fit fit) {
    Engines engines = task.engines();
    task.model().closeFits(); // the memory is this fit's
    SequentialFit sequential =
        new SequentialFit(engines.model(), engines.threads(), options.first().memory());
    if (fit.prior().isEmpty()) {
      run(sequential, task, text, fit);
      return;
    }
    try (DenseOnceFits prior = fit.prior().get().passing().apply(engines)) {
      run(sequential.towards(prior), task, text, fit);
    }
  }

  private static void run(SequentialFit sequential, Task task, Text text, Fit fit) {
    long start = System.nanoTime();
    sequential.run(
        task.plan(),
        Chunks.of(text.windows(), text.key().windowsInChunk()),
        fit.damping(),
        fit.layers(),
        task.listener().apply("fit with damping " + fit.damping()));
    task.model().ended(EvaluationListener.Step.FIT_LAYERS, start);
  }

  /**
   * On the held-out text; fits what is missing unless it was measured. Infinite without a fit: days
   * of search are not to end for one damping.
   */
  private double perplexity(Task task, Text text, Fit fit) throws IOException {
    try {
      return measured(task, text, fit);
    } catch (RuntimeException e) {
      NumericalException reason = NumericalException.in(e).orElseThrow(() -> e);
      LOG.warn("damping {} is passed over: {}", fit.damping(), reason.getMessage());
      return Double.POSITIVE_INFINITY;
    }
  }

  private double measured(Task task, Text text, Fit fit) throws IOException {
    try (PlanFits fits = new PlanFits(task.plan(), fit.layers())) {
      Compensated compensated =
          new Compensated(
              fit.key(),
              engines -> {
                run(task, text, fit);
                return fits;
              });
      return perplexity(task, "damping " + fit.damping(), compensated);
    }
  }

  private double perplexity(Task task, String what, Compensated compensated) throws IOException {
    double[] perplexity = new double[1];
    evaluations.findOrRun(
        new Evaluations.Task(
            task.model(),
            task.request().calibration(),
            task.order(),
            task.request().heldOut(),
            new Objective.Perplexity(),
            compensated),
        List.of(task.plan()),
        task.listener().apply("perplexity with " + what),
        (plan, outcome) -> perplexity[0] = outcome.requireMemory().perplexity());
    return perplexity[0];
  }

  private static Text text(OpenModel model, TextWindows wanted) throws IOException {
    Texts.TokenizedText text = model.text(wanted);
    model.directory().config().requireTokens(text.ids().largest());
    return new Text(TextKey.of(model, text, wanted), TokenWindows.cut(text.ids(), wanted));
  }
}
