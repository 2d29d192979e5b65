/** Importance of prunable units from one pass of the dense model. */
package dev.selfpruner.gpu.calibrate;
