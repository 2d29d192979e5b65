package dev.selfpruner.activities;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Credentials of the SDK's default chain: system properties, environment, web identity, profiles
 * (with single sign-on), container, instance role. It is asked when a request is made, and what it
 * gives is told to {@link LoadedSecrets} before anything can repeat it. A client closes its own.
 * Web identity and single sign-on are found by name in the SDK's modules {@code sts}, {@code sso}
 * and {@code ssooidc}.
 */
public final class AwsChain implements AwsCredentialsProvider, SdkAutoCloseable {
  private final DefaultCredentialsProvider chain = DefaultCredentialsProvider.builder().build();

  @Override
  public AwsCredentials resolveCredentials() {
    AwsCredentials credentials = chain.resolveCredentials();
    LoadedSecrets.addPassing(credentials.secretAccessKey());
    if (credentials instanceof AwsSessionCredentials session) {
      LoadedSecrets.addPassing(session.sessionToken());
    }
    return credentials;
  }

  @Override
  public void close() {
    chain.close();
  }
}
