package dev.selfpruner.workflows;

import io.temporal.common.SearchAttributeKey;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What searches can be found by on a server where these are registered. */
public final class SearchAttributes {
  /** Last part of the model's path. */
  public static final SearchAttributeKey<String> MODEL =
      SearchAttributeKey.forKeyword("SelfprunerModel");

  /** Share of the decoder blocks' parameters to remove. */
  public static final SearchAttributeKey<Double> TARGET =
      SearchAttributeKey.forDouble("SelfprunerTarget");

  public static final SearchAttributeKey<Long> ITERATION =
      SearchAttributeKey.forLong("SelfprunerIteration");

  /** On the search text; not there before the first population. */
  public static final SearchAttributeKey<Double> BEST =
      SearchAttributeKey.forDouble("SelfprunerBestPerplexity");

  /** {@link SearchProgress.Phase} in lower case, or {@code paused}. */
  public static final SearchAttributeKey<String> PHASE =
      SearchAttributeKey.forKeyword("SelfprunerPhase");

  /** On the LLM, US dollars. */
  public static final SearchAttributeKey<Double> SPENT =
      SearchAttributeKey.forDouble("SelfprunerSpent");

  private SearchAttributes() {}

  /**
   * Types, as Temporal's CLI calls them, by name, in the order in which people are told of them.
   */
  public static Map<String, String> types() {
    Map<String, String> types = new LinkedHashMap<>();
    types.put(MODEL.getName(), "Keyword");
    types.put(TARGET.getName(), "Double");
    types.put(ITERATION.getName(), "Int");
    types.put(BEST.getName(), "Double");
    types.put(PHASE.getName(), "Keyword");
    types.put(SPENT.getName(), "Double");
    return types;
  }

  /**
   * What registers those that are missing; empty where none is.
   *
   * @param registered names
   */
  public static String command(Collection<String> registered, String namespace) {
    String missing =
        types().entrySet().stream()
            .filter(type -> !registered.contains(type.getKey()))
            .map(type -> " --name %s --type %s".formatted(type.getKey(), type.getValue()))
            .collect(Collectors.joining());
    return missing.isEmpty()
        ? ""
        : "temporal operator search-attribute create --namespace %s%s"
            .formatted(namespace, missing);
  }
}
