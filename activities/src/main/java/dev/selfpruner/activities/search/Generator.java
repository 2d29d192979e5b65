package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.selfpruner.activities.HttpAddress;
import java.util.Optional;

/** Where candidates come from. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Generator.BuiltIn.class, name = "built-in"),
  @JsonSubTypes.Type(value = Generator.Random.class, name = "random"),
  @JsonSubTypes.Type(value = Generator.LargeLanguageModel.class, name = "llm")
})
public sealed interface Generator {

  /** Seeded operators that need no model. */
  record BuiltIn() implements Generator {}

  /** Rates drawn at random, whatever the operator: what the paper's ablation begins with. */
  record Random() implements Generator {}

  /**
   * A chat model behind an endpoint. Its key is not part of a search: the LLM worker reads it from
   * its environment.
   *
   * @param provider whose protocol the endpoint speaks; null means OpenAI's, as before there were
   *     others
   * @param baseUrl address of the endpoint, up to and including its version ({@code .../v1}),
   *     without a query; empty for the provider's own
   * @param model the endpoint's name for the model
   * @param temperature sampling temperature
   * @param maxOutputTokens longest answer asked for
   * @param answerFormat form of its answers; null means text
   * @param prompt {@code paper}, {@code informed}, or the SHA-256 of templates in the artifact
   *     store; null means {@code paper}
   * @param answersOf key of the search run whose recorded answers are given again, so that no LLM
   *     is asked; empty (or null) where the LLM is asked
   */
  record LargeLanguageModel(
      Provider provider,
      String baseUrl,
      String model,
      double temperature,
      int maxOutputTokens,
      AnswerFormat answerFormat,
      String prompt,
      String answersOf)
      implements Generator {
    /** The prompts with the parts of the paper's Figures 2 and 3. */
    public static final String PAPER = "paper";

    /** The paper's task with what was measured of the layers and of earlier candidates. */
    public static final String INFORMED = "informed";

    public LargeLanguageModel {
      provider = Optional.ofNullable(provider).orElse(Provider.OPENAI);
      answerFormat = Optional.ofNullable(answerFormat).orElse(AnswerFormat.TEXT);
      prompt = Optional.ofNullable(prompt).orElse(PAPER);
      answersOf = Optional.ofNullable(answersOf).orElse("");
      baseUrl = Optional.ofNullable(baseUrl).orElse("");
      if (!baseUrl.isEmpty()) {
        var unused =
            HttpAddress.require(
                baseUrl,
                "an LLM",
                "a key goes into SELFPRUNER_LLM_API_KEY, or the provider's own variable, in the LLM worker's environment");
      }
      if (model == null || model.isBlank()) {
        throw new IllegalArgumentException("an LLM has a model name");
      }
      if (!(temperature >= 0.0 && temperature <= 2.0)) {
        throw new IllegalArgumentException("temperature out of [0, 2]: " + temperature);
      }
      if (maxOutputTokens < 1) {
        throw new IllegalArgumentException("an answer has at least one token: " + maxOutputTokens);
      }
      if (answerFormat == AnswerFormat.GRAMMAR && provider != Provider.OPENAI) {
        throw new IllegalArgumentException(
            "a grammar goes to a server of llama.cpp's, which speaks OpenAI's protocol");
      }
    }

    /** An endpoint that speaks OpenAI's protocol, asked for text with the paper's prompts. */
    public static LargeLanguageModel compatible(
        String baseUrl, String model, double temperature, int maxOutputTokens) {
      return new LargeLanguageModel(
          Provider.OPENAI,
          baseUrl,
          model,
          temperature,
          maxOutputTokens,
          AnswerFormat.TEXT,
          PAPER,
          "");
    }

    /** The same model, whose answers are taken from the record of a search run. */
    public LargeLanguageModel answering(String searchKey) {
      return new LargeLanguageModel(
          provider, baseUrl, model, temperature, maxOutputTokens, answerFormat, prompt, searchKey);
    }

    /** Whether answers come from a record, and no LLM is asked. */
    @JsonIgnore
    public boolean isRecorded() {
      return !answersOf.isEmpty();
    }
  }
}
