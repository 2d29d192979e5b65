package dev.selfpruner.llm.chat;

import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Provider;
import java.net.URI;
import java.util.Optional;

/**
 * Where an endpoint is.
 *
 * @param provider whose protocol is spoken there
 * @param url up to and including the version, without a slash at the end; empty for Bedrock's own,
 *     which depends on the region
 */
public record Address(Provider provider, String url) {

  static Address of(LargeLanguageModel endpoint) {
    return of(endpoint.provider(), endpoint.baseUrl());
  }

  /**
   * Where a search names its endpoint.
   *
   * @param baseUrl empty for the provider's own
   */
  public static Address of(Provider provider, String baseUrl) {
    return new Address(
        provider, baseUrl.isEmpty() ? ownUrl(provider) : baseUrl.replaceAll("/+$", ""));
  }

  /** Whether this is the provider's own service, where nobody gets an answer without a key. */
  public boolean wantsKey() {
    String domain = domain();
    String host = host();
    return !domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain));
  }

  /** What to look at where an endpoint's answers can't be read. */
  String hint() {
    return switch (provider) {
      case OPENAI, ANTHROPIC -> "the address usually ends in /v1";
      case GEMINI -> "the address usually ends in /v1beta";
      case BEDROCK -> "leave the address out for Bedrock's own";
    };
  }

  String protocol() {
    return switch (provider) {
      case OPENAI -> "OpenAI's";
      case ANTHROPIC -> "Anthropic's";
      case GEMINI -> "Gemini's";
      case BEDROCK -> "Bedrock's";
    };
  }

  @Override
  public String toString() {
    return url.isEmpty() ? "Amazon Bedrock" : url;
  }

  private static String ownUrl(Provider provider) {
    return switch (provider) {
      case OPENAI -> "https://api.openai.com/v1";
      case ANTHROPIC -> "https://api.anthropic.com/v1";
      case GEMINI -> "https://generativelanguage.googleapis.com/v1beta";
      case BEDROCK -> "";
    };
  }

  private String host() {
    try {
      return Optional.ofNullable(URI.create(url).getHost()).orElse("");
    } catch (IllegalArgumentException e) {
      return ""; // no address at all: the search's generator says so
    }
  }

  /** Bedrock's credentials are the AWS SDK's business. */
  private String domain() {
    return switch (provider) {
      case OPENAI -> "openai.com";
      case ANTHROPIC -> "anthropic.com";
      case GEMINI -> "googleapis.com";
      case BEDROCK -> "";
    };
  }
}
