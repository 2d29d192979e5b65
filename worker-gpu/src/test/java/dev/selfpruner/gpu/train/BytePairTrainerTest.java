package dev.selfpruner.gpu.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.selfpruner.gpu.corpus.StoryCorpus;
import dev.selfpruner.gpu.corpus.TextSplit;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytePairTrainerTest {
  @Test
  void mergesTheMostFrequentPairFirstAndTheEarlierOneOfTwo() {
    BytePairVocabulary vocabulary = BytePairTrainer.train("abab cd abab cd", 260);
    assertThat(vocabulary.merges())
        .containsExactly(
            new BytePairVocabulary.Merge("a", "b"),
            new BytePairVocabulary.Merge("Ġ", "c"),
            new BytePairVocabulary.Merge("ab", "ab"),
            new BytePairVocabulary.Merge("Ġc", "d"));
  }

  @Test
  void stopsWhenNothingRepeats() {
    assertThat(BytePairTrainer.train("abc", 300).symbols()).hasSize(256);
  }

  @Test
  void refusesAVocabularyWithoutRoomForTheBytes() {
    assertThatThrownBy(() -> BytePairTrainer.train("abc", 255))
        .hasMessage("a byte-level vocabulary has at least 256 symbols, not 255");
  }

  @Test
  void writesFilesThatTheTokenizersLibraryReads(@TempDir Path directory) throws IOException {
    String text = new StoryCorpus(TextSplit.TRAIN, 1).text(200_000);
    BytePairVocabulary vocabulary = BytePairTrainer.train(text, 1000);
    TokenizerFiles.write(vocabulary, 512, directory);
    try (HuggingFaceTokenizer tokenizer =
        HuggingFaceTokenizer.builder().optTokenizerPath(directory).optTruncation(false).build()) {
      String unseen =
          new StoryCorpus(TextSplit.TEST, 1).text(20_000) + "  \"naïve\" \t日本 2024 it's";
      long[] ids = tokenizer.encode(unseen, false, false).getIds();
      assertThat(tokenizer.decode(ids)).isEqualTo(unseen);
      assertThat(unseen.length()).isGreaterThan(3 * ids.length);
      long[] withBegin = tokenizer.encode(unseen).getIds();
      assertThat(withBegin).hasSize(ids.length + 1).startsWith(TokenizerFiles.BEGIN_ID);
      assertThat(tokenizer.encode(" Mar", false, false).getTokens()).hasSize(1);
    }
  }
}
