package dev.selfpruner.llm.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import java.util.Map;
import java.util.function.Function;

/** Speaks the generateContent protocol of Google's AI Studio. */
public final class FakeGeminiServer extends FakeLlmServer {

  private FakeGeminiServer(Function<String, Reply> afterwards, Reply... replies) {
    super(afterwards, replies);
  }

  /** A server that gives these replies first, and then what it makes of each prompt. */
  public static FakeGeminiServer start(Function<String, Reply> afterwards, Reply... replies) {
    FakeGeminiServer server = new FakeGeminiServer(afterwards, replies);
    server.start();
    return server;
  }

  @Override
  String basePath() {
    return "/v1beta";
  }

  @Override
  boolean isQuestion(String path) {
    return path.startsWith("/v1beta/models/") && path.endsWith(":generateContent");
  }

  @Override
  String prompt(JsonNode body) {
    return body.path("contents").path(0).path("parts").path(0).path("text").asText();
  }

  @Override
  ObjectNode completion(String text, boolean cutOff, Request request) {
    ObjectNode answer = Json.mapper().createObjectNode();
    ObjectNode candidate = answer.putArray("candidates").addObject();
    ObjectNode content = candidate.putObject("content").put("role", "model");
    ArrayNode parts = content.putArray("parts");
    parts.addObject().put("text", THOUGHT).put("thought", true);
    parts.addObject().put("text", text);
    candidate.put("finishReason", cutOff ? "MAX_TOKENS" : "STOP").put("index", 0);
    answer
        .putObject(usage())
        .put("promptTokenCount", INPUT_TOKENS)
        .put("cachedContentTokenCount", 4)
        .put("candidatesTokenCount", OUTPUT_TOKENS - 7)
        .put("thoughtsTokenCount", 7)
        .put("totalTokenCount", INPUT_TOKENS + OUTPUT_TOKENS);
    String model = request.path().replaceFirst(".*/models/", "").replaceFirst(":.*", "");
    return answer.put("modelVersion", model + "-2026").put("responseId", "response-1");
  }

  @Override
  String usage() {
    return "usageMetadata";
  }

  @Override
  public Reply refusal(int status, String message) {
    ObjectNode body = Json.mapper().createObjectNode();
    body.putObject("error").put("code", status).put("message", message).put("status", "ERROR");
    return new Reply.Status(status, Map.of(), body.toString());
  }
}
