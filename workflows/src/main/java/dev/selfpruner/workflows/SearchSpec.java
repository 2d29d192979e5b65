package dev.selfpruner.workflows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.activities.search.TextWindows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is to be searched. Equal specs are the same search: it goes on where it stopped, and once
 * finished its result is found.
 *
 * @param model directory of the model, as the GPU workers see it
 * @param sparsity share of the decoder blocks' parameters to remove, in (0, 1); 0 where time is
 *     what plans have to meet
 * @param widthMultiple what the neurons that a layer keeps are a multiple of ({@link
 *     dev.selfpruner.activities.plan.Budget}); 1 leaves them as they come
 * @param evolution sizes of the search
 * @param generator where candidates come from
 * @param initialisation where those of the first population come from; null means the generator
 * @param limits on what may be asked of an LLM, which are no part of what the search is named
 *     after; null means none
 * @param seed of everything that is random
 * @param calibrationText what importance is measured on
 * @param searchText what candidates are compared on
 * @param testText what is reported, and never searched on
 * @param objective what candidates are compared by; the report is in perplexity
 * @param keepImproved whether the pruned model of every improved best is stored
 * @param method how the search goes beyond the published one: none for that one, else one; null
 *     means none
 * @param stopping what ends it before its last iteration, which is no part of what it is named
 *     after; null means nothing
 * @param latency what plans have to meet in time: none where they haven't, else one; null means
 *     none
 * @param format in which pruned models are written; null means {@link ModelFormat#COMPACT}
 * @param run 1 for the first run of this search, 2 when it is asked for anew, ...
 */
public record SearchSpec(
    String model,
    double sparsity,
    Integer widthMultiple,
    Evolution evolution,
    Generator generator,
    Generator initialisation,
    LlmLimits limits,
    long seed,
    TextWindows calibrationText,
    TextWindows searchText,
    TextWindows testText,
    Objective objective,
    boolean keepImproved,
    List<Method> method,
    Stopping stopping,
    List<Target.Latency> latency,
    ModelFormat format,
    int run) {
  public SearchSpec {
    if (model.isBlank()) {
      throw new IllegalArgumentException("a search has a model");
    }
    latency = List.copyOf(Optional.ofNullable(latency).orElse(List.of()));
    if (!latency.isEmpty()) {
      MethodRules.checkLatency(latency, sparsity, Optional.ofNullable(method).orElse(List.of()));
    } else if (!(sparsity > 0.0 && sparsity < 1.0)) {
      throw new IllegalArgumentException("sparsity out of (0, 1): " + sparsity);
    }
    if (widthMultiple == null) {
      widthMultiple = 1; // what specs written before there were others mean
    }
    if (widthMultiple < 1) {
      throw new IllegalArgumentException(
          "widthMultiple: widths are multiples of at least 1, not " + widthMultiple);
    }
    if (objective == null) {
      objective = new Objective.Perplexity(); // what specs written before there were others mean
    }
    initialisation = Optional.ofNullable(initialisation).orElse(generator);
    limits = Optional.ofNullable(limits).orElse(LlmLimits.NONE);
    method = List.copyOf(Optional.ofNullable(method).orElse(List.of()));
    stopping = Optional.ofNullable(stopping).orElse(Stopping.NEVER);
    format = Optional.ofNullable(format).orElse(ModelFormat.COMPACT);
    if (method.size() > 1) {
      throw new IllegalArgumentException("a search has one method, not " + method.size());
    }
    for (Method each : method) {
      MethodRules.check(each, evolution);
    }
    if (run < 1) {
      throw new IllegalArgumentException("runs are numbered from 1: " + run);
    }
  }

  /** The search as published. */
  public SearchSpec(
      String model,
      double sparsity,
      Integer widthMultiple,
      Evolution evolution,
      Generator generator,
      Generator initialisation,
      LlmLimits limits,
      long seed,
      TextWindows calibrationText,
      TextWindows searchText,
      TextWindows testText,
      Objective objective,
      boolean keepImproved,
      int run) {
    this(
        model,
        sparsity,
        widthMultiple,
        evolution,
        generator,
        initialisation,
        limits,
        seed,
        calibrationText,
        searchText,
        testText,
        objective,
        keepImproved,
        List.of(),
        Stopping.NEVER,
        List.of(),
        ModelFormat.COMPACT,
        run);
  }

  public SearchSpec withRun(int number) {
    return with(generator, initialisation, limits, seed, stopping, format, number);
  }

  public SearchSpec withSeed(long other) {
    return with(generator, initialisation, limits, other, stopping, format, run);
  }

  /** The same search, ended by something else. */
  public SearchSpec withStopping(Stopping other) {
    return with(generator, initialisation, limits, seed, other, format, run);
  }

  /** The same search, with other limits on what may be asked of an LLM. */
  public SearchSpec withLimits(LlmLimits other) {
    return with(generator, initialisation, other, seed, stopping, format, run);
  }

  /** A search whose pruned models are written in another format. */
  public SearchSpec withFormat(ModelFormat other) {
    return with(generator, initialisation, limits, seed, stopping, other, run);
  }

  /** The same search with other sources of candidates, which nothing limits. */
  public SearchSpec withGenerators(Generator all, Generator first) {
    return with(all, first, LlmLimits.NONE, seed, stopping, format, 1);
  }

  private SearchSpec with(
      Generator all,
      Generator first,
      LlmLimits newLimits,
      long newSeed,
      Stopping newStopping,
      ModelFormat newFormat,
      int newRun) {
    return new SearchSpec(
        model,
        sparsity,
        widthMultiple,
        evolution,
        all,
        first,
        newLimits,
        newSeed,
        calibrationText,
        searchText,
        testText,
        objective,
        keepImproved,
        method,
        newStopping,
        latency,
        newFormat,
        newRun);
  }

  /**
   * Names the search run in the artifact store. What is as it was before there was a choice is no
   * part of it, so that searches from before go on and are found.
   */
  public String key() {
    ObjectNode named = Json.mapper().valueToTree(this);
    named.remove("limits");
    named.remove("stopping");
    if (method.isEmpty()) {
      named.remove("method");
    }
    if (latency.isEmpty()) {
      named.remove("latency");
    }
    if (format == ModelFormat.COMPACT) {
      named.remove("format");
    }
    if (widthMultiple == 1) {
      named.remove("widthMultiple");
    }
    if (initialisation.equals(generator)) {
      named.remove("initialisation");
    }
    for (String role : List.of("generator", "initialisation")) {
      if (named.get(role) instanceof ObjectNode node) {
        withoutDefaults(node);
      }
    }
    return Digests.sha256(Json.write(named));
  }

  private static void withoutDefaults(ObjectNode generator) {
    Map.of("provider", "openai", "answerFormat", "text", "prompt", "paper", "answersOf", "")
        .forEach(
            (field, value) -> {
              if (generator.path(field).asText().equals(value)) {
                generator.remove(field);
              }
            });
  }

  /** All that make candidates. */
  List<Generator> generators() {
    return Stream.of(initialisation, generator).distinct().toList();
  }

  /** Who makes an operator's candidates. */
  Generator generatorFor(Operator operator) {
    return switch (operator) {
      case INITIALISE -> initialisation;
      case BASELINE, MUTATE, CROSS_OVER -> generator;
      case LEVEL_SWITCH, DESCEND, PROBE, INJECT -> new Generator.BuiltIn();
    };
  }

  public String workflowId() {
    return workflowId(key());
  }

  /** The name, on a Temporal server, of the search run that a key names in the artifact store. */
  public static String workflowId(String key) {
    return SearchStart.workflowId(key);
  }
}
