package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whose protocol an LLM's endpoint speaks. */
public enum Provider {
  /** OpenAI, and whatever speaks its protocol: vLLM, Ollama, llama.cpp, LM Studio, ... */
  @JsonProperty("openai")
  OPENAI,
  @JsonProperty("anthropic")
  ANTHROPIC,
  @JsonProperty("gemini")
  GEMINI,
  /** Amazon Bedrock's Converse. */
  @JsonProperty("bedrock")
  BEDROCK
}
