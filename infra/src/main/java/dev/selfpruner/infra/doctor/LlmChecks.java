package dev.selfpruner.infra.doctor;

import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.chat.ApiKeys;
import dev.selfpruner.llm.chat.EndpointCheck;
import dev.selfpruner.llm.chat.LlmTimeouts;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether an LLM's endpoint answers, and knows the key of this environment and a model. */
final class LlmChecks {
  static final String CHECK = "llm";
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int SHOWN = 3;

  private LlmChecks() {}

  static String advice(Provider provider) {
    List<String> variables = ApiKeys.variables(provider);
    String credentials =
        variables.isEmpty() ? "the AWS credentials and region" : String.join(" or ", variables);
    return "correct --llm-provider, --llm-url or --llm-model, or %s here and in the LLM worker's environment; the built-in operators need no LLM"
        .formatted(credentials);
  }

  /**
   * @param baseUrl empty for the provider's own
   * @param model to look for; empty for whichever there are
   */
  static List<Finding> look(
      Provider provider, String baseUrl, String model, Map<String, String> environment) {
    ApiKeys keys = ApiKeys.from(environment);
    LlmTimeouts timeouts = new LlmTimeouts(LIMIT, LIMIT);
    String where = baseUrl.isEmpty() ? provider.name().toLowerCase(Locale.ROOT) : baseUrl;
    try {
      List<String> models = List.of();
      if (model.isEmpty()) {
        models = EndpointCheck.models(provider, baseUrl, keys, timeouts);
      } else {
        EndpointCheck.check(endpoint(provider, baseUrl, model), keys, timeouts);
      }
      return List.of(
          Finding.ok(CHECK, describe(provider, where, model.isEmpty() ? models : List.of(model))));
    } catch (ApplicationFailure e) {
      return List.of(Finding.problem(CHECK, e.getOriginalMessage(), advice(provider)));
    }
  }

  private static LargeLanguageModel endpoint(Provider provider, String baseUrl, String model) {
    return new LargeLanguageModel(
        provider, baseUrl, model, 0, 1, AnswerFormat.TEXT, LargeLanguageModel.PAPER, "");
  }

  private static String describe(Provider provider, String where, List<String> models) {
    return switch (provider) {
      case OPENAI, ANTHROPIC, GEMINI -> "%s answers, %s".formatted(where, describe(models));
      case BEDROCK ->
          "AWS credentials and a region are there; Bedrock itself was not asked, which costs tokens";
    };
  }

  private static String describe(List<String> models) {
    if (models.isEmpty()) {
      return "and names no model";
    }
    String names = String.join(", ", models.subList(0, Math.min(SHOWN, models.size())));
    int more = models.size() - SHOWN;
    return "with " + names + (more > 0 ? " and %d more".formatted(more) : "");
  }
}
