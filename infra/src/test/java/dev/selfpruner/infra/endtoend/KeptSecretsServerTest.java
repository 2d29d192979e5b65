package dev.selfpruner.infra.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import io.temporal.testing.TemporalDevServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that repeat the secrets that they are sent. Needs Temporal's CLI. */
class KeptSecretsServerTest {
  private static final String LLM_KEY = "sk-marker-of-the-llm-key-0123456789";
  private static final String S3_SECRET = "marker+of/the+s3+secret/0123456789abcdef";
  private static final String SESSION_TOKEN = "marker-of-the-session-token-0123456789";
  private static final String TEMPORAL_KEY = "marker-of-temporals-key-0123456789";

  @TempDir private Path folder;
  private Path cli;
  private DemoSearch search;

  @BeforeEach
  void findTheCli() throws IOException {
    search = DemoSearch.in(folder);
    cli = RealServers.temporalCli();
  }

  @Test
  void areNeitherInHistoriesNorInLogsWhereTheLlmRepeatsThem() throws Exception {
    try (TemporalDevServer temporal = SharedServers.startTemporal(cli, folder);
        FakeOpenAiServer llm =
            FakeOpenAiServer.start(
                prompt -> Reply.error(400, "not with Bearer " + LLM_KEY),
                Reply.error(500, "lost the key " + LLM_KEY))) {
      CommandProcess asked = start(temporal, llm);
      String failure = asked.failure();
      assertThat(failure).as("the answer, without the key").contains("not with Bearer •••");
      assertThat(llm.requests())
          .as("the key went where it belongs")
          .isNotEmpty()
          .allMatch(request -> request.authorization().equals("Bearer " + LLM_KEY));
      assertKept(asked, RawHistories.of(temporal.getTarget()).bytes());
    }
  }

  @Test
  void areNotInTheRefusalOfAKeyEither() throws Exception {
    try (TemporalDevServer temporal = SharedServers.startTemporal(cli, folder);
        FakeOpenAiServer llm =
            FakeOpenAiServer.start(
                prompt -> Reply.error(401, "Incorrect API key provided: " + LLM_KEY))) {
      llm.show("/models", Reply.error(401, "Incorrect API key provided: " + LLM_KEY));
      CommandProcess refused = start(temporal, llm);
      assertThat(refused.failure()).contains("HTTP 401", "SELFPRUNER_LLM_API_KEY");
      String history = RawHistories.of(temporal.getTarget()).bytes();
      assertThat(history).contains("HTTP 401");
      assertKept(refused, history);
    }
  }

  @Test
  void areNotInWhatS3Answers() throws Exception {
    assertKeptFromS3(environment(Map.of("SELFPRUNER_TEMPORAL", "test-server")));
  }

  @Test
  void areNotInWhatS3AnswersWhereTheyStandInAProfile() throws Exception {
    Path credentials =
        Files.writeString(
            folder.resolve("credentials"),
            """
            [default]
            aws_access_key_id = AKIDEXAMPLE
            aws_secret_access_key = %s
            aws_session_token = %s
            """
                .formatted(S3_SECRET, SESSION_TOKEN));
    assertKeptFromS3(
        Map.of(
            "SELFPRUNER_TEMPORAL",
            "test-server",
            "AWS_SHARED_CREDENTIALS_FILE",
            credentials.toString()));
  }

  private void assertKeptFromS3(Map<String, String> environment) throws Exception {
    HttpServer s3 =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    s3.createContext(
        "/",
        exchange -> {
          String token = exchange.getRequestHeaders().getFirst("X-Amz-Security-Token");
          byte[] body =
              "<Error><Code>InvalidToken</Code><Message>malformed: %s</Message></Error>"
                  .formatted(token)
                  .getBytes(UTF_8);
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(head ? 200 : 403, head ? -1 : body.length);
          exchange.getResponseBody().write(head ? new byte[0] : body);
          exchange.close();
        });
    s3.start();
    try {
      CommandProcess command =
          search.start(
              environment,
              "--s3-bucket",
              "bucket",
              "--s3-endpoint",
              "http://127.0.0.1:" + s3.getAddress().getPort());
      assertThat(command.failure()).as("the answer, without the token").contains("malformed: •••");
      assertKept(command, "");
    } finally {
      s3.stop(0);
    }
  }

  private CommandProcess start(TemporalDevServer temporal, FakeOpenAiServer llm)
      throws IOException {
    return search.start(
        environment(Map.of("TEMPORAL_ADDRESS", temporal.getTarget(), "TEMPORAL_TLS", "false")),
        "--llm-url",
        llm.baseUrl(),
        "--llm-model",
        "scripted");
  }

  private static Map<String, String> environment(Map<String, String> more) {
    Map<String, String> environment = new java.util.HashMap<>(more);
    environment.put("SELFPRUNER_LLM_API_KEY", LLM_KEY);
    environment.put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    environment.put("AWS_SECRET_ACCESS_KEY", S3_SECRET);
    environment.put("AWS_SESSION_TOKEN", SESSION_TOKEN);
    environment.put("TEMPORAL_API_KEY", TEMPORAL_KEY);
    return environment;
  }

  /** Neither in what the command wrote, nor in any file of its home folder, nor in histories. */
  private void assertKept(CommandProcess command, String histories) throws IOException {
    for (String secret : List.of(LLM_KEY, S3_SECRET, SESSION_TOKEN, TEMPORAL_KEY)) {
      assertThat(histories).doesNotContain(secret);
      assertThat(command.errors()).doesNotContain(secret);
      assertThat(command.output()).doesNotContain(secret);
      try (Stream<Path> files = Files.walk(search.home())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(Files.readString(file, ISO_8859_1)).as(file.toString()).doesNotContain(secret);
        }
      }
    }
    assertThat(search.home().resolve("selfpruner.log")).isNotEmptyFile();
  }
}
