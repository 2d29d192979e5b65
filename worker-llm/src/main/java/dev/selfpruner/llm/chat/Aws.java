package dev.selfpruner.llm.chat;

import dev.selfpruner.activities.AwsChain;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import io.temporal.failure.ApplicationFailure;
import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClientBuilder;
import software.amazon.awssdk.utils.StringUtils;

/** Clients of Bedrock, with the credentials and the region that the AWS SDK finds by itself. */
final class Aws {
  /** A key of Bedrock's own; the SDK reads it before it looks for credentials. */
  private static final String BEARER_TOKEN = "AWS_BEARER_TOKEN_BEDROCK";

  private Aws() {}

  /**
   * @throws ApplicationFailure if there are no credentials or no region
   */
  static BedrockRuntimeClient client(LargeLanguageModel endpoint, DeadlineHttpClient http) {
    Region region = region();
    Optional<AwsChain> credentials = credentials();
    BedrockRuntimeClientBuilder builder =
        BedrockRuntimeClient.builder()
            .region(region)
            .httpClient(new AwsHttpClient(http))
            .overrideConfiguration(
                settings ->
                    settings
                        .retryStrategy(AwsRetryStrategy.doNotRetry())
                        .addExecutionInterceptor(new BedrockStopReasons()));
    credentials.ifPresent(builder::credentialsProvider); // which it closes
    if (!endpoint.baseUrl().isEmpty()) {
      builder.endpointOverride(URI.create(endpoint.baseUrl()));
    }
    return builder.build();
  }

  /**
   * Looks for credentials and a region, and sends nothing to Bedrock.
   *
   * @throws ApplicationFailure if there are none
   */
  static Region requireCredentials() {
    Region region = region();
    credentials().ifPresent(AwsChain::close);
    return region;
  }

  /**
   * What has given credentials, to be closed; empty where a key of Bedrock's own is in their place.
   */
  private static Optional<AwsChain> credentials() {
    if (StringUtils.isNotBlank(System.getenv(BEARER_TOKEN))) {
      return Optional.empty();
    }
    AwsChain chain = new AwsChain();
    try {
      var unused = chain.resolveCredentials();
      return Optional.of(chain);
    } catch (SdkClientException e) {
      chain.close();
      throw missing(
          "AWS credentials",
          "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or " + BEARER_TOKEN);
    }
  }

  private static Region region() {
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException e) {
      throw missing("AWS region", "set AWS_REGION");
    }
  }

  private static ApplicationFailure missing(String what, String advice) {
    return ApplicationFailure.newNonRetryableFailure(
        "Amazon Bedrock: no %s - %s in the LLM worker's environment".formatted(what, advice),
        ChatFailures.NO_KEY);
  }
}
