package dev.selfpruner.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.CompareEntry;
import dev.selfpruner.workflows.CompareSpec;
import dev.selfpruner.workflows.SearchSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** Which searches are compared, and with which seeds. */
final class CompareOptions {
  private static final String ONE_RATE = "one rate a layer";

  /** The paper's Table 3, and the operators that need no LLM. */
  private static final Map<String, List<String>> ABLATIONS = ablations();

  /** What a search that measures first goes beyond the published one by. */
  private static final Map<String, List<String>> ABLATIONS_OF_METHOD = ablationsOfMethod();

  @Option(
      names = "--variant",
      paramLabel = "NAME=OPTIONS",
      description =
          "Compare the search with these options over the common ones; NAME= alone is the search without others. Once for each variant.")
  private List<String> variants = List.of();

  @Option(
      names = "--ablations",
      description =
          "Compare the whole search with the same without parts of it: LLM initialisation, mutation, crossover, the LLM; and where it measures first without that, descents, level switches, attention and MLP apart, the order that belongs to the fit, reconstruction. Parts that it hasn't are left out.")
  private boolean ablations;

  @Option(
      names = "--specs",
      paramLabel = "FILE",
      description =
          "Compare the search specs of a file (JSON: an object of specs by name), with the common options over each.")
  private Path specs;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      split = ",",
      description = "Search each of them with every one of these seeds (default: 0).")
  private List<Long> seeds = List.of(0L);

  @Option(
      names = "--at-a-time",
      paramLabel = "N",
      description = "Searches that run at once (default: 2: one computes while another asks).")
  private Integer atATime;

  /** Where the specs' paths are checked. */
  @FunctionalInterface
  interface Checked {
    SearchSpec spec(SearchOptions options, SpecDraft draft);
  }

  /**
   * What is to be compared.
   *
   * @param given all that the command was given
   * @throws UserError if a variant is none, naming it
   */
  CompareSpec spec(ParseResult given, Checked checked) {
    LaidOver common = LaidOver.of(given);
    if (common.gives("--seed")) {
      throw new UserError("--seed: a comparison has --seeds");
    }
    List<CompareEntry> entries = new ArrayList<>();
    if (ablations) {
      entries.addAll(ablations(common, checked));
    }
    for (String variant : variants) {
      int end = variant.indexOf('=');
      if (end < 1) {
        throw new UserError(
            "--variant '%s': give a name, '=', and options, such as fewer=\"--population 6\""
                .formatted(variant));
      }
      String name = variant.substring(0, end);
      entries.add(variant(name, common, words(name, variant.substring(end + 1)), checked));
    }
    if (specs != null) {
      entries.addAll(fromFile(common, checked));
    }
    if (entries.size() * seeds.size() < 2) {
      throw new UserError(
          "nothing to compare with: give two --variant, --ablations, --specs, or several --seeds");
    }
    requireDifferent(entries);
    return BadInput.refused(
        () ->
            atATime == null
                ? CompareSpec.of(entries, seeds)
                : new CompareSpec(entries, seeds, atATime));
  }

  /** Each part left out that the search has. */
  private static List<CompareEntry> ablations(LaidOver common, Checked checked) {
    CompareEntry allOfIt = variant("all of it", common, List.of(), checked);
    Map<String, List<String>> parts = new LinkedHashMap<>(ABLATIONS);
    if (!allOfIt.spec().method().isEmpty()) {
      parts.putAll(ABLATIONS_OF_METHOD);
    }
    if (!allOfIt.spec().latency().isEmpty()) {
      parts.remove(ONE_RATE); // of which a budget of time can't be told
    }
    String whole = allOfIt.spec().key();
    List<CompareEntry> entries = new ArrayList<>(List.of(allOfIt));
    parts.forEach(
        (name, own) -> {
          CompareEntry without = variant(name, common, own, checked);
          if (!without.spec().key().equals(whole)) {
            entries.add(without);
          }
        });
    return entries;
  }

  /** A search is named after all but its limits: two of a name would be one. */
  private static void requireDifferent(List<CompareEntry> entries) {
    Map<String, String> names = new HashMap<>();
    for (CompareEntry entry : entries) {
      String twin = names.putIfAbsent(entry.spec().key(), entry.name());
      if (twin != null && !twin.equals(entry.name())) {
        throw new UserError(
            "variants '%s' and '%s' are the same search (limits make no difference to what is searched): leave one of them out, or change its options"
                .formatted(twin, entry.name()));
      }
    }
  }

  private static List<String> words(String name, String options) {
    try {
      return Words.of(options);
    } catch (IllegalArgumentException e) {
      throw new UserError("variant '%s': %s".formatted(name, e.getMessage()), e);
    }
  }

  private static CompareEntry variant(
      String name, LaidOver common, List<String> own, Checked checked) {
    return named(
        name,
        () -> {
          SearchOptions options = common.with(own);
          return checked.spec(options, options.draft());
        });
  }

  private List<CompareEntry> fromFile(LaidOver common, Checked checked) {
    Path file = InputFiles.readable("--specs", specs);
    JsonNode read = BadInput.refused(() -> Json.read(file, JsonNode.class));
    if (!(read instanceof ObjectNode object)) {
      throw new UserError("%s is not a JSON object: give search specs by name".formatted(file));
    }
    return object.properties().stream()
        .map(
            field ->
                named(
                    field.getKey(),
                    () ->
                        checked.spec(
                            common.with(List.of()),
                            SpecDraft.of(field.getValue(), file.toString()))))
        .toList();
  }

  private static CompareEntry named(String name, BadInput.Check<SearchSpec> spec) {
    try {
      return new CompareEntry(name, BadInput.refused(spec));
    } catch (UserError | IllegalArgumentException e) {
      throw new UserError("variant '%s': %s".formatted(name, e.getMessage()), e);
    }
  }

  private static Map<String, List<String>> ablations() {
    Map<String, List<String>> ablations = new LinkedHashMap<>();
    ablations.put("without LLM initialisation", List.of(AblationOptions.RANDOM_INITIALISATION));
    ablations.put("without mutation", List.of(AblationOptions.WITHOUT_MUTATION));
    ablations.put("without crossover", List.of(AblationOptions.WITHOUT_CROSSOVER));
    ablations.put("built-in operators", List.of(AblationOptions.BUILT_IN));
    return ablations;
  }

  private static Map<String, List<String>> ablationsOfMethod() {
    Map<String, List<String>> ablations = new LinkedHashMap<>();
    ablations.put("without sensitivity", List.of("--probe-windows=0"));
    ablations.put("without descents", List.of("--descents=0"));
    ablations.put("without level switches", List.of("--level-switches=0"));
    ablations.put(ONE_RATE, List.of("--space=layers"));
    ablations.put("Wanda-sp's order", List.of("--order=wanda-sp"));
    ablations.put("without final fit", List.of("--reconstruction=dense-once"));
    ablations.put("without reconstruction", List.of("--reconstruction=none"));
    return ablations;
  }
}
