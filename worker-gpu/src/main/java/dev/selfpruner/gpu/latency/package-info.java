/** What a model's blocks take on the device that it runs on. */
package dev.selfpruner.gpu.latency;
