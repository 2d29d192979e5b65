package dev.selfpruner.llm.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import java.util.Map;
import java.util.function.Function;

/** Speaks Anthropic's messages protocol. */
public final class FakeAnthropicServer extends FakeLlmServer {

  private FakeAnthropicServer(Function<String, Reply> afterwards, Reply... replies) {
    super(afterwards, replies);
  }

  /** A server that gives these replies first, and then what it makes of each prompt. */
  public static FakeAnthropicServer start(Function<String, Reply> afterwards, Reply... replies) {
    FakeAnthropicServer server = new FakeAnthropicServer(afterwards, replies);
    server.start();
    return server;
  }

  @Override
  String basePath() {
    return "/v1";
  }

  @Override
  boolean isQuestion(String path) {
    return path.equals("/v1/messages");
  }

  @Override
  String prompt(JsonNode body) {
    JsonNode content = body.path("messages").path(0).path("content");
    return content.isArray() ? content.path(0).path("text").asText() : content.asText();
  }

  @Override
  ObjectNode completion(String text, boolean cutOff, Request request) {
    ObjectNode answer = Json.mapper().createObjectNode();
    answer.put("id", "msg_1").put("type", "message").put("role", "assistant");
    answer.put("model", request.body().path("model").asText() + "-2026");
    ArrayNode content = answer.putArray("content");
    content
        .addObject()
        .put("type", "thinking")
        .put("thinking", THOUGHT)
        .put("signature", "c2lnbmF0dXJl");
    content.addObject().put("type", "text").put("text", text);
    answer.put("stop_reason", cutOff ? "max_tokens" : "end_turn").putNull("stop_sequence");
    answer
        .putObject(usage())
        .put("input_tokens", INPUT_TOKENS - 6)
        .put("cache_read_input_tokens", 4)
        .put("cache_creation_input_tokens", 2)
        .put("output_tokens", OUTPUT_TOKENS);
    return answer;
  }

  @Override
  String usage() {
    return "usage";
  }

  @Override
  public Reply refusal(int status, String message) {
    ObjectNode body = Json.mapper().createObjectNode().put("type", "error");
    body.putObject("error").put("type", type(status)).put("message", message);
    return new Reply.Status(status, Map.of(), body.toString());
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 429 -> "rate_limit_error";
      case 529 -> "overloaded_error";
      default -> status >= 500 ? "api_error" : "invalid_request_error";
    };
  }
}
