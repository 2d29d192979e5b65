package dev.selfpruner.llm.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import java.util.function.Function;

/** Speaks OpenAI's chat completion protocol. */
public final class FakeOpenAiServer extends FakeLlmServer {
  private volatile int promptTokens = INPUT_TOKENS;

  private FakeOpenAiServer(Function<String, Reply> afterwards, Reply... replies) {
    super(afterwards, replies);
  }

  /** A server that gives these replies and has no more to say then. */
  public static FakeOpenAiServer replying(Reply... replies) {
    return start(prompt -> Reply.error(500, "the script has ended"), replies);
  }

  /** A server that gives these replies first, and well-behaved ones ever after. */
  public static FakeOpenAiServer wellBehavedAfter(Reply... replies) {
    return start(prompt -> Reply.text(WellBehaved.answer(prompt)), replies);
  }

  /** A server that gives these replies first, and then what it makes of each prompt. */
  public static FakeOpenAiServer start(Function<String, Reply> afterwards, Reply... replies) {
    FakeOpenAiServer server = new FakeOpenAiServer(afterwards, replies);
    server.start();
    return server;
  }

  /** The same server, which counts every prompt as so many tokens. */
  public FakeOpenAiServer charging(int tokensOfAPrompt) {
    promptTokens = tokensOfAPrompt;
    return this;
  }

  @Override
  String basePath() {
    return "/v1";
  }

  @Override
  boolean isQuestion(String path) {
    return path.equals("/v1/chat/completions");
  }

  @Override
  String prompt(JsonNode body) {
    return body.path("messages").path(0).path("content").asText();
  }

  @Override
  ObjectNode completion(String text, boolean cutOff, Request request) {
    ObjectNode answer = Json.mapper().createObjectNode();
    answer.put("id", "chatcmpl-1").put("object", "chat.completion").put("created", 1);
    answer.put("model", request.body().path("model").asText() + "-2026");
    ObjectNode choice = answer.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", cutOff ? "length" : "stop");
    choice
        .putObject("message")
        .put("role", "assistant")
        .put("reasoning_content", THOUGHT)
        .put("content", text);
    ObjectNode usage = answer.putObject(usage());
    usage.put("prompt_tokens", promptTokens).put("completion_tokens", OUTPUT_TOKENS);
    usage.put("total_tokens", promptTokens + OUTPUT_TOKENS);
    usage.putObject("prompt_tokens_details").put("cached_tokens", 4);
    usage.putObject("completion_tokens_details").put("reasoning_tokens", 7);
    return answer;
  }

  @Override
  String usage() {
    return "usage";
  }

  @Override
  public Reply refusal(int status, String message) {
    return Reply.error(status, message);
  }
}
