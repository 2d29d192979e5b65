/** Text as models read it: files, the model's own tokenizer, windows of token ids. */
package dev.selfpruner.gpu.text;
