package dev.selfpruner.infra.cli;

import dev.selfpruner.gpu.activity.Locations;
import dev.selfpruner.gpu.activity.Roots;
import dev.selfpruner.infra.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What of its machine a GPU or LLM worker reads for those who start searches. */
final class RootOptions {
  private static final String MODELS = "--model-roots";
  private static final String TEXTS = "--text-roots";

  @Option(
      names = MODELS,
      paramLabel = "DIR",
      split = ",",
      description =
          "Folders below which a search's model has to lie (gpu, llm); the worker refuses others (default: anywhere).")
  private List<Path> models = new ArrayList<>();

  @Option(
      names = TEXTS,
      paramLabel = "DIR",
      split = ",",
      description = "Folders below which its texts have to lie (gpu, llm; default: anywhere).")
  private List<Path> texts = new ArrayList<>();

  /**
   * What the options say.
   *
   * @throws UserError if a folder isn't there
   */
  Locations locations() {
    return new Locations(roots(MODELS, models), roots(TEXTS, texts));
  }

  private static Roots roots(String option, List<Path> folders) {
    if (folders.isEmpty()) {
      return Roots.anywhere();
    }
    try {
      return Roots.below(option, folders);
    } catch (IOException e) {
      throw new UserError(
          "%s: there is no folder %s on this machine".formatted(option, e.getMessage()), e);
    }
  }
}
