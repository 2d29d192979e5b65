/**
 * What an LLM is asked: sets of templates, filled with a search's numbers and with what was
 * measured.
 */
package dev.selfpruner.llm.prompt;
