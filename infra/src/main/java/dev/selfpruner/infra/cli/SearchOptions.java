package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.TextWindows;
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
  /** Named sizes and texts of a search. */
  enum Preset {
    /** 12 + 10 x (4 + 4) evaluations on text that is not reported. */
    SMALL,
    /** The paper's: 30 + 20 x (10 + 10) evaluations on the whole text that is reported. */
    PAPER
  }

  /** Longest window that the paper's preset chooses: an evaluation holds its hidden states. */
  static final int LONGEST_PAPER_WINDOW = 8192;

  static final int DEFAULT_CALIBRATION_WINDOWS = 16;
  static final int DEFAULT_SEARCH_WINDOWS = 4;

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

  @Option(
      names = "--sparsity",
      paramLabel = "SHARE",
      description = "Share of the decoder blocks' parameters to remove, such as 0.3.")
  private Double sparsity;

  @Option(
      names = "--width-multiple",
      paramLabel = "N",
      description =
          "Keep a multiple of N neurons in every layer but one (default: 1; 8 makes a faster model).")
  private Integer widthMultiple;

  @Option(
      names = "--calibration-text",
      paramLabel = "FILE",
      description = "Text that importance is measured on; wiki.*.raw is joined as WikiText is.")
  private Path calibrationText;

  @Option(
      names = "--calibration-windows",
      paramLabel = "N",
      converter = WindowCount.class,
      description = "Windows of it (default: 16).")
  private Integer calibrationWindows;

  @Option(
      names = "--calibration-sequence-length",
      paramLabel = "T",
      description = "Tokens in each of them (default: as --sequence-length).")
  private Integer calibrationSequenceLength;

  @Option(
      names = "--search-text",
      paramLabel = "FILE",
      description =
          "Text that candidates are compared on (default: the calibration text, after the windows that calibration uses).")
  private Path searchText;

  @Option(
      names = "--search-windows",
      paramLabel = "N",
      converter = WindowCount.class,
      description = "Windows of it (default: 4).")
  private Integer searchWindows;

  @Option(
      names = "--test-text",
      paramLabel = "FILE",
      description = "Text that is reported, and never searched on.")
  private Path testText;

  @Option(
      names = "--test-windows",
      paramLabel = "N",
      converter = WindowCount.class,
      description = "Windows of it, or 'all' (default).")
  private Integer testWindows;

  @Option(
      names = "--sequence-length",
      paramLabel = "T",
      description =
          "Tokens in a window of the search and test text (default: 2048, or the model's context if that is shorter; with --preset paper the context, at most 8192: longer windows, as LLaMA-3.1's 131072, take more memory than there is).")
  private Integer sequenceLength;

  @Option(names = "--no-bos", description = "Leave out the tokenizer's begin-of-sequence token.")
  private boolean withoutBeginOfSequence;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "small (default): 12 + 10 x (4 + 4) evaluations; paper: 30 + 20 x (10 + 10), on the whole test text, in windows of the model's context.")
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

  @Option(names = "--keep-improved", description = "Store the pruned model of every improved best.")
  private boolean keepImproved;

  @Option(
      names = "--spec",
      paramLabel = "FILE",
      description = "A search spec (JSON), for all that no option says.")
  private Path spec;

  @ArgGroup(exclusive = false)
  private LlmOptions llm = new LlmOptions();

  @ArgGroup(
      exclusive = false,
      heading = "%nParts of it left out, as in the paper's ablation, or the LLM:%n",
      order = -2) // after the rest of these options, before those of a command
  private AblationOptions ablation = new AblationOptions();

  /** The search of what comes with the program. */
  static SearchOptions demo(long seed) {
    SearchOptions options = new SearchOptions();
    options.demo = true;
    options.seed = seed;
    return options;
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
    override(draft);
    ablation.override(draft, mutations, crossovers);
    if (demo) {
      DemoSpec.complete(draft, preset == Preset.PAPER);
    }
    draft.set("/model", checks.model(required(draft, "/model", "--model")));
    path(draft, checks, "/calibrationText/path", "--calibration-text");
    path(draft, checks, "/testText/path", "--test-text");
    if (draft.get("/searchText/path").isPresent()) {
      path(draft, checks, "/searchText/path", "--search-text");
    }
    required(draft, "/sparsity", "--sparsity");
    complete(draft, checks);
    SearchSpec complete = draft.complete();
    checks.check(complete);
    return complete;
  }

  private void override(SpecDraft draft) {
    draft.option("/model", model);
    draft.option("/sparsity", sparsity);
    draft.option("/widthMultiple", widthMultiple);
    draft.option("/calibrationText/path", calibrationText);
    draft.option("/calibrationText/windows", calibrationWindows);
    draft.option("/calibrationText/sequenceLength", calibrationSequenceLength);
    draft.option("/searchText/path", searchText);
    draft.option("/searchText/windows", searchWindows);
    draft.option("/searchText/sequenceLength", sequenceLength);
    draft.option("/testText/path", testText);
    draft.option("/testText/windows", testWindows);
    draft.option("/testText/sequenceLength", sequenceLength);
    draft.option("/evolution/population", population);
    draft.option("/evolution/iterations", iterations);
    draft.option("/evolution/mutations", mutations);
    draft.option("/evolution/crossovers", crossovers);
    draft.option("/seed", seed);
    if (objective != null) {
      draft.set("/objective", Map.of("type", objective.name().toLowerCase(Locale.ROOT)));
    }
    if (keepImproved) {
      draft.set("/keepImproved", true);
    }
    if (withoutBeginOfSequence) {
      for (String text : TEXTS) {
        draft.set(text + "/beginOfSequence", false);
      }
    }
    llm.override(draft);
  }

  private void complete(SpecDraft draft, SpecChecks checks) {
    boolean paper = preset == Preset.PAPER;
    Evolution sizes = paper ? Evolution.PAPER : Evolution.SMALL;
    draft.setDefault("/widthMultiple", 1);
    draft.setDefault("/evolution/population", sizes.population());
    draft.setDefault("/evolution/iterations", sizes.iterations());
    draft.setDefault("/evolution/mutations", sizes.mutations());
    draft.setDefault("/evolution/crossovers", sizes.crossovers());
    draft.setDefault("/seed", 0);
    draft.setDefault("/keepImproved", false);
    draft.setDefault("/objective", Map.of("type", "perplexity"));
    if (draft.text("/objective/type").equals(Optional.of("divergence"))) {
      draft.setDefault("/objective/likeliest", Objective.Divergence.DEFAULT_LIKELIEST);
    }
    draft.setDefault("/run", 1);
    llm.complete(draft, paper);
    for (String text : TEXTS) {
      draft.setDefault(text + "/beginOfSequence", true);
    }
    if (draft.get("/searchText/sequenceLength").isEmpty()) {
      draft.set("/searchText/sequenceLength", window(paper, checks.contextLength()));
    }
    draft.setDefault("/testText/sequenceLength", draft.number("/searchText/sequenceLength"));
    draft.setDefault("/calibrationText/sequenceLength", draft.number("/searchText/sequenceLength"));
    draft.setDefault("/calibrationText/firstWindow", 0);
    draft.setDefault("/calibrationText/windows", DEFAULT_CALIBRATION_WINDOWS);
    draft.setDefault("/testText/firstWindow", 0);
    draft.setDefault("/testText/windows", TextWindows.ALL);
    draft.setDefault(
        "/searchText/path",
        draft.text(paper ? "/testText/path" : "/calibrationText/path").orElseThrow());
    draft.setDefault("/searchText/windows", paper ? TextWindows.ALL : DEFAULT_SEARCH_WINDOWS);
    draft.setDefault("/searchText/firstWindow", firstSearchWindow(draft, paper));
  }

  private static int window(boolean paper, int context) {
    if (paper && context == Integer.MAX_VALUE) {
      throw new UserError(
          "--preset paper: windows are as long as the model's context, which is not known here: give --sequence-length");
    }
    return Math.min(context, paper ? LONGEST_PAPER_WINDOW : LocalModel.LONGEST_DEFAULT_WINDOW);
  }

  /**
   * The first window of the search text that calibration does not read; of the paper's, which is
   * the whole test text, the first one.
   */
  private static int firstSearchWindow(SpecDraft draft, boolean paper) {
    Optional<String> searched = draft.text("/searchText/path");
    boolean papers = paper && searched.equals(draft.text("/testText/path"));
    if (papers || !searched.equals(draft.text("/calibrationText/path"))) {
      return 0;
    }
    int first = draft.number("/calibrationText/firstWindow");
    int windows = draft.number("/calibrationText/windows");
    if (windows == TextWindows.ALL) {
      throw new UserError(
          "calibration reads the whole of %s, nothing is left to search on: give fewer --calibration-windows, or another --search-text"
              .formatted(searched.orElseThrow()));
    }
    long tokens = ((long) first + windows) * draft.number("/calibrationText/sequenceLength");
    long length = Math.max(1, draft.number("/searchText/sequenceLength"));
    return Math.toIntExact((tokens + length - 1) / length);
  }

  private static final List<String> TEXTS = List.of("/calibrationText", "/searchText", "/testText");

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
