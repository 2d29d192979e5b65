package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.AwsChain;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Clients of S3, with the credentials that the SDK finds by itself. */
final class S3Clients {
  /** What a store repeats by itself, within seconds; what takes longer is for whoever called it. */
  static final int REQUEST_ATTEMPTS = 5;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** Silence between two packets, and while a server puts a large object's parts together. */
  private static final Duration READ_TIMEOUT = Duration.ofMinutes(2);

  private S3Clients() {}

  /**
   * @param attempts at a request before it fails
   */
  static S3Client of(StoreLocation.S3 location, int attempts) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(location.region()))
            .credentialsProvider(new AwsChain())
            .forcePathStyle(location.pathStyle())
            // every request carries its SHA-256 and every read is checked against one: the SDK's
            // own CRCs would add nothing, and not every server takes them
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(
                override ->
                    override.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(attempts)
                            .build()))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(READ_TIMEOUT));
    if (!location.endpoint().equals(StoreLocation.S3.AWS)) {
      builder.endpointOverride(URI.create(location.endpoint()));
    }
    return builder.build();
  }
}
