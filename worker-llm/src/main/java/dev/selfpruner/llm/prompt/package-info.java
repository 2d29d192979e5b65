/** What an LLM is asked: templates in resource files, filled with a search's numbers. */
package dev.selfpruner.llm.prompt;
