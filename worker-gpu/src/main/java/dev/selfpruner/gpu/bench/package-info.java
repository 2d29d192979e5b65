/** Speed and memory of the engine, beside what the machine could do. */
package dev.selfpruner.gpu.bench;
