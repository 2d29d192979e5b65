/** Answers of LLMs: data from a stranger, read with suspicion. */
package dev.selfpruner.llm.answer;
