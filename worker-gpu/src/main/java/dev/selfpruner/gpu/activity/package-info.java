/**
 * The GPU worker's activities: calibrate, evaluate, prune - found again by key, never done twice.
 */
package dev.selfpruner.gpu.activity;
