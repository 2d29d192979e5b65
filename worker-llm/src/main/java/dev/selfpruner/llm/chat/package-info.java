/** Talking to an endpoint that speaks OpenAI's chat completion protocol. */
package dev.selfpruner.llm.chat;
