/** The LLaMA decoder: weights on a device in an order of importance, and its steps over windows. */
package dev.selfpruner.gpu.llama;
