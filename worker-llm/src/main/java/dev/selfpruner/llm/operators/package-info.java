/**
 * Built-in evolutionary operators: seeded, exact on the budget, the same on every machine. They
 * also stand in where an LLM's answers can't be used.
 */
package dev.selfpruner.llm.operators;
