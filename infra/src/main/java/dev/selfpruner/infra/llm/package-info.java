/** What an LLM costs, and how much of it a search is going to ask for. */
package dev.selfpruner.infra.llm;
