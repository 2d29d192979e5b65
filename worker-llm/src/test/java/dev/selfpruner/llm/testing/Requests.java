package dev.selfpruner.llm.testing;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.activities.search.Spending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Requests of a search for a small model, as workflows make them. */
public record Requests(
    ArtifactStore store,
    PrunableModel model,
    Generator generator,
    int widthMultiple,
    LlmLimits limits,
    Spending spent) {
  public static final String SEARCH = "search-1";
  public static final double SPARSITY = 0.3;

  public Requests(ArtifactStore store, PrunableModel model, Generator generator) {
    this(store, model, generator, 1, LlmLimits.NONE, Spending.NOTHING);
  }

  public Requests limitedTo(LlmLimits most, Spending alreadySpent) {
    return new Requests(store, model, generator, widthMultiple, most, alreadySpent);
  }

  public Requests keeping(int multiple) {
    return new Requests(store, model, generator, multiple, limits, spent);
  }

  public ProposalRequest initialise(int count) {
    return request(0, Operator.INITIALISE, count, List.of());
  }

  public ProposalRequest vary(int iteration, Operator operator, int count, ArtifactRef population) {
    return request(iteration, operator, count, List.of(population));
  }

  public ProposalRequest baselines() {
    return request(0, Operator.BASELINE, 2, List.of());
  }

  private ProposalRequest request(
      int iteration, Operator operator, int count, List<ArtifactRef> population) {
    ArtifactRef prunable = put(model);
    Calibration calibration =
        new Calibration(
            "calibration", prunable.sha256(), prunable, prunable, 1_000, model.layers().size());
    return new ProposalRequest(
        SEARCH,
        iteration,
        operator,
        count,
        42,
        SPARSITY,
        widthMultiple,
        generator,
        limits,
        spent,
        "models/little-llama",
        "texts/little-text.txt",
        calibration,
        population);
  }

  /** The request of a search that measures blocks first. */
  public static ProposalRequest measuring(
      ProposalRequest request, SearchSpace space, Probing probing, List<ArtifactRef> probes) {
    return new ProposalRequest(
        request.searchKey(),
        request.iteration(),
        request.operator(),
        request.count(),
        request.seed(),
        request.sparsity(),
        request.widthMultiple(),
        request.generator(),
        request.limits(),
        request.spent(),
        request.model(),
        request.text(),
        request.calibration(),
        request.population(),
        space,
        List.of(probing),
        probes,
        List.of());
  }

  /** Of the dense model's blocks. */
  public ProposalRequest probe() {
    return request(0, Operator.PROBE, 1, List.of());
  }

  public ArtifactRef put(Object value) {
    try {
      return store.put(Json.writeBytes(value));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
