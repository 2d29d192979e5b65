package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonProperty;

/** In what form an LLM is to write its candidates. */
public enum AnswerFormat {
  /** Lists in square brackets, as the paper asks for; nothing but the prompt says so. */
  @JsonProperty("text")
  TEXT,
  /** A JSON object whose schema the provider enforces. */
  @JsonProperty("schema")
  SCHEMA,
  /** Lists in square brackets, enforced by a grammar in GBNF; llama.cpp's servers only. */
  @JsonProperty("grammar")
  GRAMMAR
}
