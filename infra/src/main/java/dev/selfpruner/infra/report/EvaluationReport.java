package dev.selfpruner.infra.report;

import dev.selfpruner.activities.Json;
import java.util.List;
import java.util.Locale;

/**
 * A model's perplexity on a text, with what the number depends on.
 *
 * @param nllPerWindow mean negative log likelihood of each window's predicted tokens, in nats
 * @param tokens tokens read: windows times their length
 * @param sequenceLength tokens in a window
 * @param textSha256 digest of the text as the tokenizer got it
 * @param textProtocol how it was made from its file
 * @param specialTokens that the tokenizer's own post-processor added to the text
 * @param textTokens tokens of the whole text
 * @param tokenIdsSha256 digest of the whole text's token ids, as 32-bit little-endian integers
 * @param parameters of the model, embedding and norms included
 * @param numericType what the decoder computed in
 */
public record EvaluationReport(
    double perplexity,
    List<Double> nllPerWindow,
    long tokens,
    int sequenceLength,
    String textSha256,
    String textProtocol,
    int specialTokens,
    int textTokens,
    String tokenIdsSha256,
    long parameters,
    String numericType,
    double tokensPerSecond) {
  public EvaluationReport {
    nllPerWindow = List.copyOf(nllPerWindow);
  }

  public String json() {
    return Json.write(this);
  }

  /** A few lines for people. */
  public String text() {
    return String.format(
        Locale.ROOT,
        """
        perplexity   %s
        tokens       %,d in %d windows of %d; the text has %,d
        text         %s, sha256 %s
        special      %s
        computed in  %s, %,.0f tokens per second""",
        ProgressLine.perplexity(perplexity),
        tokens,
        nllPerWindow.size(),
        sequenceLength,
        textTokens,
        textProtocol,
        textSha256,
        specialTokens == 0
            ? "no token added"
            : specialTokens + " added by the tokenizer, for the whole text",
        numericType,
        tokensPerSecond);
  }
}
