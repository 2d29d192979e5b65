package dev.selfpruner.infra.doctor;

import dev.selfpruner.llm.chat.ApiKey;
import dev.selfpruner.llm.chat.LlmTimeouts;
import dev.selfpruner.llm.chat.ModelList;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Whether an LLM's endpoint answers, and knows the key of this environment. */
final class LlmChecks {
  static final String CHECK = "llm";
  static final String ADVICE =
      "correct --llm-url, or %s here and in the LLM worker's environment; the built-in operators need no LLM"
          .formatted(ApiKey.VARIABLE);

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int SHOWN = 3;

  private LlmChecks() {}

  static List<Finding> look(String baseUrl, Map<String, String> environment) {
    try {
      List<String> models =
          ModelList.of(baseUrl, ApiKey.from(environment), new LlmTimeouts(LIMIT, LIMIT));
      return List.of(Finding.ok(CHECK, "%s answers, %s".formatted(baseUrl, describe(models))));
    } catch (ApplicationFailure e) {
      return List.of(Finding.problem(CHECK, e.getOriginalMessage(), ADVICE));
    }
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
