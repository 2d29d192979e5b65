/** A seeded generator of text in a small language with structure worth learning. */
package dev.selfpruner.gpu.corpus;
