package dev.selfpruner.llm.chat;

import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Provider;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys of an environment, and which of them goes where. {@link #VARIABLE} is for whatever
 * endpoint a search names; a provider's own variable is for that provider's own address alone.
 * Bedrock isn't among them: the AWS SDK has its own ways to credentials.
 */
public final class ApiKeys {
  /** Read first: the key for whatever endpoint the searches of this worker name. */
  public static final String VARIABLE = "SELFPRUNER_LLM_API_KEY";

  private final Map<String, String> values;

  private ApiKeys(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /** The keys of this process's environment. */
  public static ApiKeys fromEnvironment() {
    return from(System.getenv());
  }

  public static ApiKeys from(Map<String, String> environment) {
    return new ApiKeys(
        Stream.of(Provider.values())
            .flatMap(provider -> variables(provider).stream())
            .distinct()
            .filter(variable -> !environment.getOrDefault(variable, "").isBlank())
            .collect(
                Collectors.toMap(
                    variable -> variable, variable -> environment.get(variable).strip())));
  }

  /** The variables that may hold a provider's key, in the order in which they are read. */
  public static List<String> variables(Provider provider) {
    return switch (provider) {
      case OPENAI -> List.of(VARIABLE, "OPENAI_API_KEY");
      case ANTHROPIC -> List.of(VARIABLE, "ANTHROPIC_API_KEY");
      case GEMINI -> List.of(VARIABLE, "GEMINI_API_KEY", "GOOGLE_API_KEY");
      case BEDROCK -> List.of();
    };
  }

  /**
   * The key for an endpoint, or a placeholder that local servers accept. A provider's own variable
   * is for the provider's own address: whoever starts a search names an address, and must not be
   * sent the key for it.
   *
   * @throws ApplicationFailure if there is none and the endpoint is the provider's own
   * @throws IllegalArgumentException if it can't be sent in a header; the message does not repeat
   *     it
   */
  ApiKey of(LargeLanguageModel endpoint) {
    Address address = Address.of(endpoint);
    for (String variable : variables(endpoint.provider())) {
      boolean goesThere = address.wantsKey() || variable.equals(VARIABLE);
      if (goesThere && values.containsKey(variable)) {
        return ApiKey.of(variable, values.get(variable));
      }
    }
    if (address.wantsKey()) {
      throw ApplicationFailure.newNonRetryableFailure(
          "%s: no key - set %s in the LLM worker's environment"
              .formatted(address, String.join(" or ", variables(endpoint.provider()))),
          ChatFailures.NO_KEY);
    }
    return ApiKey.NONE;
  }

  /** The names of the variables that are set, and nothing of their values. */
  @Override
  public String toString() {
    return "keys in " + values.keySet().stream().sorted().toList();
  }
}
