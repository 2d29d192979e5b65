package dev.selfpruner.activities;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.token.credentials.ProfileTokenProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What the chain finds by name in modules that nothing else mentions. */
class AwsChainRolesTest {
  private static final String SECRET = "of-a-role/0123456789";
  private static final String TOKEN = "a-token-of-a-role";

  @TempDir private Path folder;

  private Properties before;

  @BeforeEach
  void leaveNothingElseToBeFound() {
    before = (Properties) System.getProperties().clone();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    set(
        Map.of(
            "aws.region",
            "eu-central-1",
            "aws.disableEc2Metadata",
            "true",
            "aws.sharedCredentialsFile",
            folder.resolve("credentials").toString(),
            "aws.configFile",
            folder.resolve("config").toString()));
  }

  @AfterEach
  void forgetIt() {
    System.setProperties(before);
  }

  @Test
  void aServiceAccountsTokenIsExchangedForItsRole() throws Exception {
    AtomicReference<String> asked = new AtomicReference<>("");
    HttpServer sts = sts(asked);
    try (AwsChain chain = chainOfAServiceAccount(sts)) {
      assertThat(chain.resolveCredentials())
          .isInstanceOfSatisfying(
              AwsSessionCredentials.class,
              credentials -> {
                assertThat(credentials.accessKeyId()).isEqualTo("ASIAOFAROLE");
                assertThat(credentials.secretAccessKey()).isEqualTo(SECRET);
                assertThat(credentials.sessionToken()).isEqualTo(TOKEN);
              });
      assertThat(asked.get().split("&"))
          .contains(
              "Action=AssumeRoleWithWebIdentity",
              "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fpruner",
              "RoleSessionName=worker",
              "WebIdentityToken=of-the-cluster");
      assertThat(LoadedSecrets.all()).contains(SECRET, TOKEN);
    } finally {
      sts.stop(0);
    }
  }

  /** The sign-on itself needs a browser: what is missing has to be its token, and no module. */
  @Test
  void aProfileOfSingleSignOnIsReadUpToItsToken() throws Exception {
    Files.writeString(
        folder.resolve("config"),
        """
        [default]
        sso_session = nobody-signed-on-here
        sso_account_id = 123456789012
        sso_role_name = pruner
        [sso-session nobody-signed-on-here]
        sso_region = eu-central-1
        sso_start_url = https://sign-on.example/start
        """);
    try (AwsChain chain = new AwsChain()) {
      assertThatThrownBy(chain::resolveCredentials)
          .isInstanceOf(SdkClientException.class)
          .hasMessageContaining("run aws sso login");
    }
    // the chain says the same whatever is wrong with the token
    try (ProfileTokenProvider tokens = ProfileTokenProvider.create()) {
      assertThatThrownBy(tokens::resolveToken).hasMessageContaining("Unable to load SSO token");
    }
  }

  private AwsChain chainOfAServiceAccount(HttpServer sts) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "of-the-cluster");
    set(
        Map.of(
            "aws.webIdentityTokenFile",
            token.toString(),
            "aws.roleArn",
            "arn:aws:iam::123456789012:role/pruner",
            "aws.roleSessionName",
            "worker",
            "aws.endpointUrlSts",
            "http://127.0.0.1:" + sts.getAddress().getPort()));
    return new AwsChain();
  }

  private static HttpServer sts(AtomicReference<String> asked) throws Exception {
    String ends =
        Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS).toString();
    byte[] answer =
        """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult>
            <Credentials>
              <AccessKeyId>ASIAOFAROLE</AccessKeyId>
              <SecretAccessKey>%s</SecretAccessKey>
              <SessionToken>%s</SessionToken>
              <Expiration>%s</Expiration>
            </Credentials>
          </AssumeRoleWithWebIdentityResult>
        </AssumeRoleWithWebIdentityResponse>
        """
            .formatted(SECRET, TOKEN, ends)
            .getBytes(UTF_8);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.set(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.getResponseHeaders().set("Content-Type", "text/xml");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static void set(Map<String, String> properties) {
    System.getProperties().putAll(properties);
  }
}
