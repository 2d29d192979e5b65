package dev.selfpruner.gpu.train;

/**
 * What a training came to. Perplexities are of held-out text, in windows of the training's length.
 *
 * @param options that it ran with
 * @param parameters of the model
 * @param trainingLoss mean of the last tenth of the steps, in nats a token
 * @param heldOutPerplexity of the model before its weights were narrowed to 16 bits
 * @param unigramPerplexity of the same tokens under the training text's token frequencies
 * @param seconds of wall time, tokenizer included
 */
public record DemoTrainingResult(
    DemoTrainingOptions options,
    long parameters,
    double trainingLoss,
    double heldOutPerplexity,
    double unigramPerplexity,
    double seconds) {}
