package dev.selfpruner.infra.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What a search reads. */
final class TextOptions {
  @Option(
      names = "--calibration-text",
      paramLabel = "FILE",
      description = "Text that importance is measured on; wiki.*.raw is joined as WikiText is.")
  private Path calibrationText;

  @Option(
      names = "--calibration-windows",
      paramLabel = "N",
      converter = WindowCount.class,
      description =
          "Windows of it (default: 128, fewer of a short text; 64 with --no-workers; 16 in a published search).")
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
      description =
          "Windows of it (default: what calibration leaves, at most 64; 4 with --preset small).")
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

  /** Puts what was given over a draft. */
  void override(SpecDraft draft) {
    draft.option("/calibrationText/path", calibrationText);
    draft.option("/calibrationText/windows", calibrationWindows);
    draft.option("/calibrationText/sequenceLength", calibrationSequenceLength);
    draft.option("/searchText/path", searchText);
    draft.option("/searchText/windows", searchWindows);
    draft.option("/searchText/sequenceLength", sequenceLength);
    draft.option("/testText/path", testText);
    draft.option("/testText/windows", testWindows);
    draft.option("/testText/sequenceLength", sequenceLength);
    if (withoutBeginOfSequence) {
      for (String text : SpecDefaults.TEXTS) {
        draft.set(text + "/beginOfSequence", false);
      }
    }
  }
}
