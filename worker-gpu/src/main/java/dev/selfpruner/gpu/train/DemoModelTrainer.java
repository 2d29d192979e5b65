package dev.selfpruner.gpu.train;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.corpus.StoryCorpus;
import dev.selfpruner.gpu.corpus.TextSplit;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Trains the demo model from nothing: tells stories, learns a tokenizer from them, and trains a
 * small decoder on them.
 */
public final class DemoModelTrainer {
  static final String RECORD = "training.json";

  private static final int TOKENIZER_CHARACTERS = 400_000;
  private static final int HELD_OUT_BATCHES = 8;

  /** Far from the seeds that people choose, so that the tokenizer's stories aren't the model's. */
  private static final long TOKENIZER_SEED = 0x70_6b_65_6eL;

  private final DemoTrainingOptions options;
  private final ProgressListener listener;

  private DemoModelTrainer(DemoTrainingOptions options, ProgressListener listener) {
    this.options = options;
    this.listener = listener;
  }

  /**
   * Trains a model and writes it as a Hugging Face directory with 16-bit weights, and what it was
   * trained with as {@code training.json} beside them.
   *
   * @param directory where the model goes; made if it isn't there
   * @throws IOException if the directory cannot be written
   * @throws IllegalStateException if the loss stops being a number
   */
  public static DemoTrainingResult train(
      DemoTrainingOptions options, Path directory, ProgressListener listener) throws IOException {
    return new DemoModelTrainer(options, listener).run(directory);
  }

  private DemoTrainingResult run(Path directory) throws IOException {
    long start = System.nanoTime();
    Torch.prepareThread();
    JniUtils.setGradMode(false);
    JniUtils.setNumThreads(options.threads());
    try {
      Files.createDirectories(directory);
      writeTokenizer(directory);
      LlamaConfig config = options.architecture().config(options.sequenceLength());
      ParameterLayout layout = new ParameterLayout(config);
      try (HuggingFaceTokenizer tokenizer = tokenizer(directory);
          TrainableDecoder decoder =
              new TrainableDecoder(
                  config, layout, options.sequenceLength(), layout.initial(options.seed()))) {
        TokenStream training = stream(tokenizer, TextSplit.TRAIN);
        double trainingLoss = steps(decoder, layout, training, start);
        DemoModelFiles.write(config, layout, decoder.parameters().toFloatArray(), directory);
        HeldOut heldOut = heldOut(decoder, stream(tokenizer, TextSplit.TEST), training);
        DemoTrainingResult result =
            new DemoTrainingResult(
                options,
                layout.elements(),
                trainingLoss,
                Math.exp(heldOut.model()),
                Math.exp(heldOut.unigram()),
                seconds(start));
        Files.writeString(directory.resolve(RECORD), Json.writePretty(result) + "\n");
        return result;
      }
    } finally {
      JniUtils.setNumThreads(1);
    }
  }

  private double steps(
      TrainableDecoder decoder, ParameterLayout layout, TokenStream text, long start) {
    LearningRate rate = new LearningRate(options.peakLearningRate(), options.steps());
    Random skips = new Random(options.seed() + 1);
    NDArray decay = decoder.parameters().getManager().create(layout.decayed());
    AdamW optimiser = new AdamW(decoder.parameters(), decay.muli(options.weightDecay()));
    double lastLosses = 0;
    int lastSteps = Math.max(1, options.steps() / 10);
    for (int step = 0; step < options.steps(); step++) {
      long[] tokens = text.next(options.batch(), options.sequenceLength() + 1);
      double loss = decoder.learn(tokens, kept(skips));
      if (!Double.isFinite(loss)) {
        throw new IllegalStateException(
            "the loss is %s at step %d - try a lower learning rate than %s"
                .formatted(loss, step, options.peakLearningRate()));
      }
      double norm =
          optimiser.update(decoder.gradient(), rate.at(step), options.largestGradientNorm());
      if (step >= options.steps() - lastSteps) {
        lastLosses += loss / lastSteps;
      }
      double done = (step + 1.0) * options.batch() * options.sequenceLength();
      listener.onStep(
          new ProgressListener.Progress(
              step + 1, options.steps(), loss, norm, done / seconds(start)));
    }
    return lastLosses;
  }

  private float[] kept(Random skips) {
    int layers = options.architecture().layers();
    float[] kept = new float[layers];
    for (int i = 0; i < layers; i++) {
      double skipped = layers == 1 ? 0.0 : options.skippedDepth() * i / (layers - 1);
      kept[i] = skips.nextDouble() < skipped ? 0f : 1f;
    }
    return kept;
  }

  private record HeldOut(double model, double unigram) {}

  /** Mean losses in nats. */
  private HeldOut heldOut(TrainableDecoder decoder, TokenStream text, TokenStream training) {
    Unigram unigram = new Unigram(training.counts());
    int length = options.sequenceLength() + 1;
    double modelLoss = 0;
    double unigramLoss = 0;
    for (int i = 0; i < HELD_OUT_BATCHES; i++) {
      long[] tokens = text.next(options.batch(), length);
      modelLoss += decoder.loss(tokens) / HELD_OUT_BATCHES;
      unigramLoss += unigram.loss(tokens, length) / HELD_OUT_BATCHES;
    }
    return new HeldOut(modelLoss, unigramLoss);
  }

  private void writeTokenizer(Path directory) throws IOException {
    int symbols = options.architecture().vocabulary() - TokenizerFiles.SPECIAL_TOKENS;
    String text =
        new StoryCorpus(TextSplit.TRAIN, options.seed() + TOKENIZER_SEED)
            .text(TOKENIZER_CHARACTERS);
    BytePairVocabulary vocabulary = BytePairTrainer.train(text, symbols);
    TokenizerFiles.write(vocabulary, options.sequenceLength(), directory);
  }

  private TokenStream stream(HuggingFaceTokenizer tokenizer, TextSplit split) {
    return new TokenStream(
        new StoryCorpus(split, options.seed()),
        tokenizer,
        options.architecture().vocabulary(),
        options.seed());
  }

  private static HuggingFaceTokenizer tokenizer(Path directory) throws IOException {
    return HuggingFaceTokenizer.builder().optTokenizerPath(directory).optTruncation(false).build();
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
