/**
 * What makes up for removed units: Gram matrices of what the output projections read, and orders.
 */
package dev.selfpruner.gpu.reconstruct;
