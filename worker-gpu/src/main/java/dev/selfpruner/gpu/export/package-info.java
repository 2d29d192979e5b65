/** Writes pruned models as directories that load again. */
package dev.selfpruner.gpu.export;
