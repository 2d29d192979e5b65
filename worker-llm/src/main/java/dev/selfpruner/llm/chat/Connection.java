package dev.selfpruner.llm.chat;

import dev.langchain4j.model.chat.response.ChatResponse;

/** How a question is put to one provider through LangChain4j. */
interface Connection {
  ChatResponse chat(Question question);
}
