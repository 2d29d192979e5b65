package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.search.TextWindows;

/**
 * A text as a model reads it, by content.
 *
 * @param sha256 digest of the text's bytes
 * @param protocol how the file became the text
 * @param tokenizer digest of the tokenizer
 * @param sequenceLength tokens in a window
 * @param beginOfSequence whether the tokenizer's post-processor was applied
 * @param windowsInChunk windows that go through the model together: the matrix products' shape
 */
record TextKey(
    String sha256,
    String protocol,
    String tokenizer,
    int sequenceLength,
    boolean beginOfSequence,
    int windowsInChunk) {

  static TextKey of(OpenModel model, Texts.TokenizedText text, TextWindows wanted) {
    return new TextKey(
        text.sha256(),
        text.protocol(),
        model.directory().tokenizerSha256(),
        wanted.sequenceLength(),
        wanted.beginOfSequence(),
        model.windowsPerChunk(wanted.sequenceLength()));
  }
}
