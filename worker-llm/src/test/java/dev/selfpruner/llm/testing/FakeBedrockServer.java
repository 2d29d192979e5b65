package dev.selfpruner.llm.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import java.util.Map;
import java.util.function.Function;

/** Speaks Bedrock's Converse; it takes any signature. */
public final class FakeBedrockServer extends FakeLlmServer {

  private FakeBedrockServer(Function<String, Reply> afterwards, Reply... replies) {
    super(afterwards, replies);
  }

  /** A server that gives these replies first, and then what it makes of each prompt. */
  public static FakeBedrockServer start(Function<String, Reply> afterwards, Reply... replies) {
    FakeBedrockServer server = new FakeBedrockServer(afterwards, replies);
    server.start();
    return server;
  }

  @Override
  String basePath() {
    return "";
  }

  @Override
  boolean isQuestion(String path) {
    return path.startsWith("/model/") && path.endsWith("/converse");
  }

  @Override
  String prompt(JsonNode body) {
    return body.path("messages").path(0).path("content").path(0).path("text").asText();
  }

  @Override
  ObjectNode completion(String text, boolean cutOff, Request request) {
    ObjectNode answer = Json.mapper().createObjectNode();
    ObjectNode message = answer.putObject("output").putObject("message").put("role", "assistant");
    ArrayNode content = message.putArray("content");
    content
        .addObject()
        .putObject("reasoningContent")
        .putObject("reasoningText")
        .put("text", THOUGHT);
    content.addObject().put("text", text);
    answer.put("stopReason", cutOff ? "max_tokens" : "end_turn");
    answer
        .putObject(usage())
        .put("inputTokens", INPUT_TOKENS - 6)
        .put("cacheReadInputTokens", 4)
        .put("cacheWriteInputTokens", 2)
        .put("outputTokens", OUTPUT_TOKENS)
        .put("totalTokens", INPUT_TOKENS + OUTPUT_TOKENS);
    answer.putObject("metrics").put("latencyMs", 5);
    return answer;
  }

  @Override
  String usage() {
    return "usage";
  }

  @Override
  public Reply refusal(int status, String message) {
    return refusal(status, type(status), message);
  }

  /** A refusal of the type that AWS calls it. */
  public Reply refusal(int status, String type, String message) {
    return new Reply.Status(
        status,
        Map.of("x-amzn-ErrorType", type),
        Json.mapper().createObjectNode().put("message", message).toString());
  }

  private static String type(int status) {
    return switch (status) {
      case 401, 403 -> "UnrecognizedClientException";
      case 404 -> "ResourceNotFoundException";
      case 408 -> "ModelTimeoutException";
      case 429 -> "ThrottlingException";
      case 503 -> "ServiceUnavailableException";
      default -> status >= 500 ? "InternalServerException" : "ValidationException";
    };
  }
}
