/** One question, one answer, in the protocol of the endpoint's provider. */
package dev.selfpruner.llm.chat;
