/** Training of the demo model: a byte-level tokenizer and a small LLaMA-shaped decoder. */
package dev.selfpruner.gpu.train;
