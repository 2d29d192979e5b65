/** TorchScript archives written by Java, run through DJL; the threads that run them. */
package dev.selfpruner.gpu.torch;
