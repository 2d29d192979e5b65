/**
 * Layer-major runs: hidden states of all windows and candidates move through one layer at a time.
 */
package dev.selfpruner.gpu.engine;
