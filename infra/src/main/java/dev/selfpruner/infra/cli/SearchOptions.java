package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.llm.prompt.PromptSet;
import dev.selfpruner.workflows.SearchSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is to be searched: options over a spec file over a preset. */
final class SearchOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model to prune: a Hugging Face directory (config.json, safetensors).")
  private Path model;

  @Option(
      names = "--demo",
      description =
          "The model and the texts that come with the program, in place of --model and the texts; sparsity 0.3 unless given.")
  private boolean demo;

  @ArgGroup(exclusive = false)
  private SizeOptions size = new SizeOptions();

  @Option(
      names = "--width-multiple",
      paramLabel = "N",
      description =
          "Keep a multiple of N neurons in every layer but one (default: 1; 8 makes a faster model).")
  private Integer widthMultiple;

  @ArgGroup(exclusive = false)
  private TextOptions texts = new TextOptions();

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "measured (default): single blocks are measured first, candidates are compared with what makes up for removed units; small: the published search, 12 + 10 x (4 + 4) evaluations; paper: 30 + 20 x (10 + 10), on the whole test text, in windows of the model's context.")
  private Preset preset;

  @Option(names = "--population", paramLabel = "K", description = "Size of the population.")
  private Integer population;

  @Option(names = "--iterations", paramLabel = "N", description = "Iterations after the first.")
  private Integer iterations;

  @Option(names = "--mutations", paramLabel = "M", description = "Mutations an iteration.")
  private Integer mutations;

  @Option(names = "--crossovers", paramLabel = "S", description = "Crossovers an iteration.")
  private Integer crossovers;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all randomness (default: 0).")
  private Long seed;

  @Option(
      names = "--objective",
      paramLabel = "NAME",
      description =
          "What candidates are compared by: perplexity (default), or divergence (Kullback-Leibler, of their predictions from the dense model's). The report is in perplexity.")
  private ObjectiveName objective;

  /** Objectives by name. */
  enum ObjectiveName {
    PERPLEXITY,
    DIVERGENCE
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Of the pruned model: compact (default): smaller tensors, for selfpruner itself; padded: the dense shape with zeros, which every program that loads the model loads.")
  private ModelFormat format;

  @Option(names = "--keep-improved", description = "Store the pruned model of every improved best.")
  private boolean keepImproved;

  @Option(
      names = "--spec",
      paramLabel = "FILE",
      description = "A search spec (JSON), for all that no option says.")
  private Path spec;

  @ArgGroup(exclusive = false)
  private LlmOptions llm = new LlmOptions();

  @ArgGroup(exclusive = false, heading = "%nHow it is searched:%n", order = -5)
  private MethodOptions method = new MethodOptions();

  @ArgGroup(exclusive = false, heading = "%nWhat ends it early:%n", order = -4)
  private StoppingOptions stopping = new StoppingOptions();

  @ArgGroup(
      exclusive = false,
      heading = "%nParts of it left out, as in the paper's ablation, or the LLM:%n",
      order = -2) // after the rest of these options, before those of a command
  private AblationOptions ablation = new AblationOptions();

  private List<String> notes = List.of();

  /** The search of what comes with the program. */
  static SearchOptions demo(long seed, ModelFormat format) {
    SearchOptions options = new SearchOptions();
    options.demo = true;
    options.seed = seed;
    options.format = format;
    return options;
  }

  /**
   * What a person gave who has no options.
   *
   * @param preset null leaves it to the draft
   */
  static SearchOptions of(boolean demo, Preset preset) {
    SearchOptions options = new SearchOptions();
    options.demo = demo;
    options.preset = preset;
    return options;
  }

  /** A search whose model is written in the format of these options, if they say one. */
  SearchSpec inItsFormat(SearchSpec other) {
    return format == null ? other : other.withFormat(format);
  }

  /** Prompts of the user's own that the search asks with. */
  List<PromptSet> ownPrompts() {
    return llm.ownPrompts();
  }

  /** The first run of the search that is asked for. */
  SearchSpec spec(SpecChecks checks) {
    return spec(draft(), checks);
  }

  /** What {@code --spec} says, if it was given. */
  SpecDraft draft() {
    return spec == null ? SpecDraft.empty() : SpecDraft.read(InputFiles.readable("--spec", spec));
  }

  /** The search that a draft and these options, which go before it, ask for. */
  SearchSpec spec(SpecDraft draft, SpecChecks checks) {
    Preset chosen = preset(draft);
    override(draft);
    ablation.override(draft, mutations, crossovers);
    if (demo) {
      DemoSpec.complete(draft, chosen);
    }
    draft.set("/model", checks.model(required(draft, "/model", "--model")));
    path(draft, checks, "/calibrationText/path", "--calibration-text");
    path(draft, checks, "/testText/path", "--test-text");
    if (draft.get("/searchText/path").isPresent()) {
      path(draft, checks, "/searchText/path", "--search-text");
    }
    draft.setDefault("/widthMultiple", 1);
    draft.setDefault("/format", ModelFormat.COMPACT);
    if (draft.value("/format", ModelFormat.class).equals(Optional.of(ModelFormat.PADDED))) {
      size.requireNoBytes();
    }
    size.override(draft, checks);
    if (draft.get("/latency/0").isEmpty()) {
      required(draft, "/sparsity", "--sparsity");
    }
    notes =
        new SpecDefaults(draft, checks, chosen, demo ? MethodSizes.DEMO : MethodSizes.USUAL)
            .complete(llm, method.heldOut());
    LatencyOptions.complete(draft, checks);
    SearchSpec complete = draft.complete();
    MethodChecks.check(complete, checks);
    checks.check(complete);
    return complete;
  }

  /** What people are told of the search that was asked for last. */
  List<String> notes() {
    return notes;
  }

  /** A spec that says that it has no method is of a published search. */
  private Preset preset(SpecDraft draft) {
    if (preset != null) {
      return preset;
    }
    boolean published =
        draft.get("/method").isPresent() && draft.get(MethodOptions.METHOD).isEmpty();
    return published ? Preset.SMALL : Preset.MEASURED;
  }

  private void override(SpecDraft draft) {
    draft.option("/model", model);
    draft.option("/widthMultiple", widthMultiple);
    texts.override(draft);
    draft.option("/evolution/population", population);
    draft.option("/evolution/iterations", iterations);
    draft.option("/evolution/mutations", mutations);
    draft.option("/evolution/crossovers", crossovers);
    draft.option("/seed", seed);
    draft.option("/format", format);
    if (objective != null) {
      draft.set("/objective", Map.of("type", objective.name().toLowerCase(Locale.ROOT)));
    }
    if (keepImproved) {
      draft.set("/keepImproved", true);
    }
    method.override(draft, population);
    stopping.override(draft);
    llm.override(draft);
  }

  private static void path(SpecDraft draft, SpecChecks checks, String pointer, String option) {
    draft.set(pointer, checks.text(option, required(draft, pointer, option)));
  }

  private static String required(SpecDraft draft, String pointer, String option) {
    return draft
        .text(pointer)
        .orElseThrow(
            () ->
                new UserError(
                    "%s is missing (%s in a spec)".formatted(option, pointer.substring(1))));
  }
}
