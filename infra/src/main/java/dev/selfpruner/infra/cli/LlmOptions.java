package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.llm.chat.Address;
import dev.selfpruner.llm.prompt.PromptSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Which LLM proposes candidates, what it is asked, and how much that may come to. */
final class LlmOptions {
  static final double DEFAULT_TEMPERATURE = 1.0;
  static final int DEFAULT_MAX_OUTPUT_TOKENS = 4096;

  /** Those that may ask an LLM. */
  private static final List<String> ROLES = List.of("/generator", "/initialisation");

  @Option(
      names = "--llm-model",
      paramLabel = "NAME",
      description =
          "Let this LLM propose candidates: the provider's name for it. Without it, built-in operators do. Keys come from the environment.")
  private String model;

  @Option(
      names = "--llm-provider",
      paramLabel = "NAME",
      description =
          "Whose protocol its endpoint speaks: openai (default; most servers do), anthropic, gemini or bedrock.")
  private Provider provider;

  @Option(
      names = "--llm-url",
      paramLabel = "URL",
      description =
          "Address of the endpoint, with its version (.../v1), where it is not the provider's own.")
  private String url;

  @Option(
      names = "--llm-temperature",
      paramLabel = "X",
      description = "Sampling temperature (default: 1.0).")
  private Double temperature;

  @Option(
      names = "--llm-max-tokens",
      paramLabel = "N",
      description = "Longest answer (default: 4096 tokens).")
  private Integer maxTokens;

  @Option(
      names = "--llm-answers",
      paramLabel = "FORM",
      description =
          "text; schema: JSON that the provider enforces; grammar: lists that a server of llama.cpp's enforces. Default: schema at Anthropic's, Gemini's and OpenAI's own addresses, else text, and text with --preset paper.")
  private AnswerFormat answers;

  @Option(
      names = "--prompt",
      paramLabel = "NAME|DIR",
      description =
          "What it is asked: informed (default), with what was measured; paper, as the paper's Figures 2 and 3 (default in a published search); or a folder of prompts of your own.")
  private String prompt;

  @Option(
      names = "--max-llm-tokens",
      paramLabel = "N",
      description =
          "End the search before its prompts and answers come to more tokens; the same command with more goes on.")
  private Long maxLlmTokens;

  @Option(
      names = "--max-cost",
      paramLabel = "USD",
      description = "End the search before the LLM costs more US dollars; needs a known price.")
  private Double maxCost;

  @Option(
      names = "--llm-price",
      paramLabel = "IN,OUT",
      converter = PriceOption.class,
      description =
          "US dollars for a million tokens of prompts and of answers, such as 2.5,10 (default: the list price of a well-known model at its provider's own address).")
  private Price price;

  @Option(
      names = "--llm-prices",
      paramLabel = "FILE",
      description = "A table of prices (JSON), which goes before the one that comes along.")
  private Path prices;

  private List<PromptSet> own = List.of();

  /**
   * Puts what was given over a draft.
   *
   * @throws UserError if it is about an LLM and none is named
   */
  void override(SpecDraft draft) {
    Map<String, Object> given = given();
    if (given.isEmpty()) {
      return;
    }
    List<String> roles = roles(draft);
    if (roles.isEmpty()) {
      throw new UserError(
          "%s is about an LLM, and none is asked: name its model with --llm-model (generator/model in a spec)"
              .formatted(given.keySet().iterator().next()));
    }
    for (String role : roles) {
      if (!isLlm(draft, role)) {
        draft.set(role, Map.of("type", "llm"));
      }
      overrideGenerator(draft, role);
    }
    draft.option("/limits/tokens", maxLlmTokens);
    draft.option("/limits/cost", maxCost);
  }

  /**
   * Those that the options are about: that ask an LLM already; where a model is named, the
   * generator, and an initialisation that is to be the same.
   */
  private List<String> roles(SpecDraft draft) {
    boolean same =
        draft.get("/initialisation").isPresent()
            && draft.get("/initialisation").equals(draft.get("/generator"));
    return ROLES.stream()
        .filter(
            role -> isLlm(draft, role) || (model != null && (role.equals("/generator") || same)))
        .toList();
  }

  private Map<String, Object> given() {
    Map<String, Object> given = new LinkedHashMap<>();
    given.put("--llm-model", model);
    given.put("--llm-provider", provider);
    given.put("--llm-url", url);
    given.put("--llm-temperature", temperature);
    given.put("--llm-max-tokens", maxTokens);
    given.put("--llm-answers", answers);
    given.put("--prompt", prompt);
    given.put("--max-llm-tokens", maxLlmTokens);
    given.put("--max-cost", maxCost);
    given.put("--llm-price", price);
    given.put("--llm-prices", prices);
    given.values().removeIf(value -> value == null);
    return given;
  }

  private void overrideGenerator(SpecDraft draft, String role) {
    if (provider != null && provider != provider(draft, role)) {
      draft.set(role + "/baseUrl", ""); // the other provider's
    }
    draft.option(role + "/provider", provider);
    draft.option(role + "/baseUrl", url);
    draft.option(role + "/model", model);
    draft.option(role + "/temperature", temperature);
    draft.option(role + "/maxOutputTokens", maxTokens);
    draft.option(role + "/answerFormat", answers);
    draft.option(role + "/prompt", promptName());
  }

  /** What a spec says for the prompts that an option names: a name, or the digest of a folder's. */
  private String promptName() {
    return ownPrompts().stream().map(PromptSet::sha256).findFirst().orElse(prompt);
  }

  /** The prompts of a folder that was given, if one was: they have to go to the store. */
  List<PromptSet> ownPrompts() {
    if (own.isEmpty() && prompt != null && !PromptSet.isBuiltIn(prompt)) {
      own = List.of(own(prompt)); // once: what is named has to be what is stored
    }
    return own;
  }

  private static PromptSet own(String folder) {
    if (!Files.isDirectory(Path.of(folder))) {
      throw new UserError(
          "--prompt: no prompts are called '%s', and it is no folder: give paper, informed, or a folder of prompts"
              .formatted(folder));
    }
    try {
      return PromptSet.read(Path.of(folder));
    } catch (IllegalArgumentException e) {
      throw new UserError("--prompt: " + e.getMessage(), e);
    }
  }

  /**
   * Fills in what neither options nor a spec say of an LLM.
   *
   * @param preset that the search is by: the paper's asks for text, and one that measures first
   *     tells what it measured
   * @throws UserError if the cost is limited and the price not known
   */
  void complete(SpecDraft draft, Preset preset) {
    draft.setDefault("/generator", Map.of("type", "built-in"));
    for (String role : ROLES) {
      if (isLlm(draft, role)) {
        completeGenerator(draft, role, preset);
      }
    }
    draft.setDefault("/initialisation", draft.get("/generator").orElseThrow());
    draft.setDefault("/limits/tokens", LlmLimits.NO_TOKEN_LIMIT);
    draft.setDefault("/limits/cost", LlmLimits.NO_COST_LIMIT);
    new LlmPrices(Optional.ofNullable(price), Optional.ofNullable(prices)).complete(draft);
  }

  private static void completeGenerator(SpecDraft draft, String role, Preset preset) {
    if (draft.text(role + "/model").isEmpty()) {
      throw new UserError(
          "--llm-model is missing (%s/model in a spec)".formatted(role.substring(1)));
    }
    Provider provider = provider(draft, role);
    draft.setDefault(role + "/provider", provider);
    draft.setDefault(role + "/baseUrl", "");
    draft.setDefault(role + "/temperature", DEFAULT_TEMPERATURE);
    draft.setDefault(role + "/maxOutputTokens", DEFAULT_MAX_OUTPUT_TOKENS);
    draft.setDefault(
        role + "/answerFormat",
        preset != Preset.PAPER
                && enforcesSchemas(provider, draft.text(role + "/baseUrl").orElseThrow())
            ? AnswerFormat.SCHEMA
            : AnswerFormat.TEXT);
    draft.setDefault(
        role + "/prompt",
        preset == Preset.MEASURED ? LargeLanguageModel.INFORMED : LargeLanguageModel.PAPER);
    draft.setDefault(role + "/answersOf", "");
  }

  /** Whether JSON schemas are known to work there, so that they are the default. */
  private static boolean enforcesSchemas(Provider provider, String baseUrl) {
    return switch (provider) {
      case OPENAI -> Address.of(provider, baseUrl).wantsKey();
      case ANTHROPIC, GEMINI -> true;
      case BEDROCK -> false; // not all of its models do
    };
  }

  /** Those that ask an LLM. */
  static Stream<String> asked(SpecDraft draft) {
    return ROLES.stream().filter(role -> isLlm(draft, role));
  }

  private static boolean isLlm(SpecDraft draft, String role) {
    return draft.text(role + "/type").equals(Optional.of("llm"));
  }

  static Provider provider(SpecDraft draft, String role) {
    return draft.value(role + "/provider", Provider.class).orElse(Provider.OPENAI);
  }
}
