package dev.selfpruner.infra.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.infra.doctor.Finding.Status;
import dev.selfpruner.llm.testing.AwsProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a server that lists four models to those who have the key. */
class LlmChecksTest {
  private static final String KEY = "sk-very-secret";
  private static final Map<String, String> ENVIRONMENT = Map.of("SELFPRUNER_LLM_API_KEY", KEY);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/models", LlmChecksTest::models);
    server.createContext("/html/models", exchange -> answer(exchange, 200, "<html></html>"));
    server.createContext("/none/models", exchange -> answer(exchange, 200, "{\"data\": []}"));
    server.createContext("/slow/models", exchange -> exchange.sendResponseHeaders(200, 10));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void namesTheModelsToWhoHasTheKey() {
    assertThat(look("/v1", ENVIRONMENT))
        .containsExactly(Finding.ok("llm", url("/v1") + " answers, with a, b, c and 1 more"));
    assertThat(look("/v1/", ENVIRONMENT).get(0).status()).isEqualTo(Status.OK);
  }

  @Test
  void aKeyThatIsRefusedIsAProblemAndIsNotShown() {
    for (Map<String, String> environment :
        List.of(Map.<String, String>of(), Map.of("OPENAI_API_KEY", "sk-other"))) {
      Finding refused = look("/v1", environment).get(0);
      assertThat(refused.status()).isEqualTo(Status.PROBLEM);
      assertThat(refused.found()).contains("HTTP 401", "SELFPRUNER_LLM_API_KEY");
      assertThat(refused.toString()).doesNotContain("sk-other");
    }
  }

  @Test
  void anAddressWithoutItsVersionIsAProblem() {
    Finding finding = look("", ENVIRONMENT).get(0);
    assertThat(finding.status()).isEqualTo(Status.PROBLEM);
    assertThat(finding.found()).contains("HTTP 404").doesNotContain(KEY);
  }

  @Test
  void whatIsNoListIsAProblem() {
    assertThat(look("/html", ENVIRONMENT).get(0).found()).contains("isn't OpenAI's protocol");
  }

  @Test
  void anEndpointMayNameNoModel() {
    assertThat(look("/none", ENVIRONMENT))
        .containsExactly(Finding.ok("llm", url("/none") + " answers, and names no model"));
  }

  @Test
  @Timeout(30)
  void anEndpointThatStopsInTheMiddleIsNotWaitedFor() {
    assertThat(look("/slow", ENVIRONMENT).get(0).found()).contains("no answer in time");
  }

  @Test
  void aModelIsLookedFor() {
    assertThat(look(Provider.OPENAI, "/v1", "c", ENVIRONMENT))
        .containsExactly(Finding.ok("llm", url("/v1") + " answers, with c"));
    assertThat(look(Provider.OPENAI, "/v1", "e", ENVIRONMENT).get(0).found())
        .isEqualTo("e at %s: no such model - there are a, b, c, d".formatted(url("/v1")));
  }

  @Test
  void aProviderIsAskedInItsOwnProtocol() {
    Finding refused = look(Provider.ANTHROPIC, "/v1", "", ENVIRONMENT).get(0);

    assertThat(refused.found()).contains("HTTP 401", "ANTHROPIC_API_KEY").doesNotContain(KEY);
    assertThat(refused.advice()).contains("--llm-provider", "ANTHROPIC_API_KEY");
  }

  @Test
  void ofBedrockOnlyCredentialsAreLookedFor() {
    Check check = Checks.llm(Provider.BEDROCK, "", "", ENVIRONMENT);
    AwsProperties none = AwsProperties.none();
    Finding without = check.findings().get(0);
    none.close();
    AwsProperties given = AwsProperties.given();
    Finding with = check.findings().get(0);
    given.close();

    assertThat(without.found()).contains("no AWS region", "AWS_REGION");
    assertThat(with.status()).isEqualTo(Status.OK);
    assertThat(with.found()).contains("was not asked");
  }

  @Test
  void whatIsNoAddressIsAProblem() {
    assertThat(Checks.llm(Provider.OPENAI, "localhost:8000", "", ENVIRONMENT).findings().get(0))
        .extracting(Finding::status, Finding::found)
        .containsExactly(Status.PROBLEM, "not an http(s) address: localhost:8000");
  }

  private List<Finding> look(String path, Map<String, String> environment) {
    return look(Provider.OPENAI, path, "", environment);
  }

  private List<Finding> look(
      Provider provider, String path, String model, Map<String, String> environment) {
    return Checks.llm(provider, url(path), model, environment).findings();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private static void models(HttpExchange exchange) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (exchange.getRequestMethod().equals("GET") && ("Bearer " + KEY).equals(authorization)) {
      answer(
          exchange,
          200,
          """
          {"object": "list", "data": [{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "d"}]}""");
    } else {
      answer(exchange, 401, "no such key: " + authorization);
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
