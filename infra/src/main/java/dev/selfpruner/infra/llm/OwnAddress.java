package dev.selfpruner.infra.llm;

import dev.selfpruner.activities.search.Provider;
import java.net.URI;
import java.util.Optional;

/** Whether an LLM is asked where its provider sells it, or at some other address. */
public final class OwnAddress {
  private OwnAddress() {}

  /**
   * Whether an address is the provider's own, which an empty one stands for. Bedrock has one for
   * each region, all of them its own.
   */
  public static boolean is(Provider provider, String baseUrl) {
    if (baseUrl.isEmpty()) {
      return true;
    }
    String host = host(baseUrl);
    String domain = domain(provider);
    return host.equals(domain) || host.endsWith("." + domain);
  }

  private static String domain(Provider provider) {
    return switch (provider) {
      case OPENAI -> "openai.com";
      case ANTHROPIC -> "anthropic.com";
      case GEMINI -> "googleapis.com";
      case BEDROCK -> "amazonaws.com";
    };
  }

  private static String host(String baseUrl) {
    try {
      return Optional.ofNullable(URI.create(baseUrl).getHost()).orElse("");
    } catch (IllegalArgumentException e) {
      return ""; // no address at all: the spec says so
    }
  }
}
