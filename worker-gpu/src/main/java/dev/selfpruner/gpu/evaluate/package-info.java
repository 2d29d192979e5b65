/** Losses of pruned models on windows of text. */
package dev.selfpruner.gpu.evaluate;
