package dev.selfpruner.gpu.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoryCorpusTest {
  @Test
  void tellsTheSameStoriesOnEveryMachine() {
    assertThat(Digests.sha256(new StoryCorpus(TextSplit.TEST, 1).text(10_000)))
        .isEqualTo("04d8f9237c0e3a6027a80a9d9bfb9f2b195277a19f5ff96db2342f39e83e93ad");
    assertThat(new StoryCorpus(TextSplit.TEST, 2).next())
        .isNotEqualTo(new StoryCorpus(TextSplit.TEST, 1).next());
  }

  @Test
  void keepsTheSplitsApartEvenForOneSeed() {
    Set<String> seen = new HashSet<>();
    int drawn = 0;
    for (TextSplit split : TextSplit.values()) {
      StoryCorpus corpus = new StoryCorpus(split, 7);
      for (int i = 0; i < 300; i++, drawn++) {
        String story = corpus.next();
        assertThat(TextSplit.of(story)).isEqualTo(split);
        seen.add(story);
      }
    }
    assertThat(seen).hasSize(drawn);
  }

  @Test
  void writesWhatItTells(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("search.txt");
    new StoryCorpus(TextSplit.SEARCH, 3).write(file, 20_000);
    assertThat(Files.readString(file)).isEqualTo(new StoryCorpus(TextSplit.SEARCH, 3).text(20_000));
  }

  @Test
  void tellsItsHeroHomeWithTheNamesOfTheOpening() {
    StoryCorpus corpus = new StoryCorpus(TextSplit.TRAIN, 5);
    for (int i = 0; i < 200; i++) {
      String[] paragraphs = corpus.next().strip().lines().toArray(String[]::new);
      String opening = paragraphs[0];
      String hero = opening.substring(0, opening.indexOf(' '));
      String pet = opening.replaceAll(".* called (\\w+)\\..*", "$1");
      String town = opening.replaceAll(".* from (\\w+)\\. .*", "$1");
      assertThat(paragraphs[paragraphs.length - 1]).contains(hero, pet, town);
    }
  }

  @Test
  void hasAVocabularyOfHundredsOfWordsWhoseFrequenciesFallSteeply() {
    Map<String, Integer> counts = new HashMap<>();
    String text = new StoryCorpus(TextSplit.TRAIN, 1).text(1_000_000);
    for (String word : text.split("\\W+", -1)) {
      counts.merge(word, 1, Integer::sum);
    }
    List<Integer> falling = counts.values().stream().sorted((a, b) -> b - a).toList();
    int all = falling.stream().mapToInt(Integer::intValue).sum();
    assertThat(falling.size()).isBetween(300, 1200);
    assertThat(falling.subList(0, 50).stream().mapToInt(Integer::intValue).sum() * 2)
        .isGreaterThan(all);
  }
}
