package dev.selfpruner.activities.plan;

/** What loads an exported model whose layers need not be alike. */
public enum ModelRuntime {
  /** transformers, with modelling code that is shipped with the model. */
  TRANSFORMERS,
  /** vLLM's {@code DeciLMForCausalLM}: layers differ in key-value heads and neurons. */
  VLLM,
  /** llama.cpp's architecture {@code deci}: layers differ in all counts of units. */
  LLAMA_CPP,
  /** Any of them, with zeros in the place of what was removed: nothing is saved. */
  PADDED
}
