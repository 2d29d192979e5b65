package dev.selfpruner.workflows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.TextWindows;

/**
 * What is to be searched. Equal specs are the same search: it goes on where it stopped, and once
 * finished its result is found.
 *
 * @param model directory of the model, as the GPU workers see it
 * @param sparsity share of the decoder blocks' parameters to remove, in (0, 1)
 * @param widthMultiple what the neurons that a layer keeps are a multiple of ({@link
 *     dev.selfpruner.activities.plan.Budget}); 1 leaves them as they come
 * @param evolution sizes of the search
 * @param generator where candidates come from
 * @param seed of everything that is random
 * @param calibrationText what importance is measured on
 * @param searchText what candidates are compared on
 * @param testText what is reported, and never searched on
 * @param objective what candidates are compared by; the report is in perplexity
 * @param keepImproved whether the pruned model of every improved best is stored
 * @param run 1 for the first run of this search, 2 when it is asked for anew, ...
 */
public record SearchSpec(
    String model,
    double sparsity,
    Integer widthMultiple,
    Evolution evolution,
    Generator generator,
    long seed,
    TextWindows calibrationText,
    TextWindows searchText,
    TextWindows testText,
    Objective objective,
    boolean keepImproved,
    int run) {
  public SearchSpec {
    if (model.isBlank()) {
      throw new IllegalArgumentException("a search has a model");
    }
    if (!(sparsity > 0.0 && sparsity < 1.0)) {
      throw new IllegalArgumentException("sparsity out of (0, 1): " + sparsity);
    }
    if (widthMultiple == null) {
      widthMultiple = 1; // what specs written before there were others mean
    }
    if (widthMultiple < 1) {
      throw new IllegalArgumentException(
          "widths are multiples of at least 1, not " + widthMultiple);
    }
    if (objective == null) {
      objective = new Objective.Perplexity(); // what specs written before there were others mean
    }
    if (run < 1) {
      throw new IllegalArgumentException("runs are numbered from 1: " + run);
    }
  }

  public SearchSpec withRun(int number) {
    return new SearchSpec(
        model,
        sparsity,
        widthMultiple,
        evolution,
        generator,
        seed,
        calibrationText,
        searchText,
        testText,
        objective,
        keepImproved,
        number);
  }

  /**
   * Names the search run in the artifact store. A width multiple of 1 is no part of it, so that
   * searches from before there were others go on and are found.
   */
  public String key() {
    ObjectNode named = Json.mapper().valueToTree(this);
    if (widthMultiple == 1) {
      named.remove("widthMultiple");
    }
    return Digests.sha256(Json.write(named));
  }

  public String workflowId() {
    return "search-" + key().substring(0, 16);
  }
}
