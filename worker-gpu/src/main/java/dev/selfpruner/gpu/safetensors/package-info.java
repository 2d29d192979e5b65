/**
 * Reads and writes safetensors files: a length, a JSON header, and the tensors' bytes without gaps.
 * Nothing in a file is believed before it is checked.
 */
package dev.selfpruner.gpu.safetensors;
