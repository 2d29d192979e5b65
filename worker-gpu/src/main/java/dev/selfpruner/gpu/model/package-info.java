/** LLaMA-family models on disk, as Hugging Face lays them out: configuration, weights, sizes. */
package dev.selfpruner.gpu.model;
