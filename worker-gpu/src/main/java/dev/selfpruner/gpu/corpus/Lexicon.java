package dev.selfpruner.gpu.corpus;

import java.util.ArrayList;
import java.util.List;

/** The language's words, the common ones first in every list. */
final class Lexicon {
  static final List<String> STEMS =
      words("Mar Tel Ros Bran Lin Dor Sel Han Vik Fen Jor Ald Pet Ner Cal Ost");

  static final List<String> MASCULINE_ENDINGS = words("o");
  static final List<String> FEMININE_ENDINGS = words("a");

  static final List<String> TOWN_BEGINNINGS = words("Ash Brook Cold Dun Elm Fair Green Hazel");
  static final List<String> TOWN_ENDINGS = words("ton ford field wick bridge port");

  static final List<String> PET_BEGINNINGS = words("Bi Mo Pu Ta Zi Lu Ko Fi");
  static final List<String> PET_ENDINGS = words("bo ppy mo nka lo ster");

  static final List<String> TRADES =
      words(
          """
          baker miller farmer sailor tailor teacher doctor painter hunter weaver smith \
          singer
          """);

  static final List<String> MOODS =
      words(
          """
          old young kind quiet clever brave tired happy proud gentle lonely honest
          """);

  static final List<String> COLOURS =
      words("red blue green white black yellow grey brown golden silver");

  static final List<String> THINGS =
      words(
          """
          book key lamp cup ring basket letter knife coat hat box map rope bell drum flute \
          candle mirror
          """);

  static final List<String> PLACES =
      words(
          """
          kitchen garden market harbour forest mill tower barn school cellar stable church \
          meadow library
          """);

  static final List<String> ANIMALS =
      words("cat dog horse owl fox goat crow hen mouse bear duck frog");

  static final List<String> FOODS =
      words(
          """
          bread honey apples cheese fish corn berries nuts milk carrots soup grass
          """);

  static final List<String> SOUNDS = words("purrs barks neighs hoots yelps bleats caws clucks");

  static final List<String> RIVERS = words("Avel Torne Misk Lume Ister Wend Oder Sava");

  static final List<String> COUNTED = words("apples coins eggs stones candles nuts shells buttons");

  static final List<String> GOINGS = words("went walked ran hurried");

  static final List<String> TAKINGS = words("took found bought");

  static final List<String> SAYINGS = words("said answered whispered");

  static final List<String> WEATHERS = words("cold warm windy rainy foggy snowy");

  static final List<String> FEELINGS = words("glad sad angry afraid hungry sleepy");

  static final List<String> SYLLABLES = words("la do mi sol re fa ti ba");

  static final List<String> DAYS =
      words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");

  static final List<String> NUMBERS =
      words(
          """
          zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
          fifteen sixteen seventeen eighteen nineteen twenty
          """);

  private Lexicon() {}

  static List<String> names(List<String> endings) {
    List<String> names = new ArrayList<>();
    for (String ending : endings) {
      for (String stem : STEMS) {
        names.add(stem + ending);
      }
    }
    return names;
  }

  static String article(String nextWord) {
    boolean vowel = "aeio".indexOf(nextWord.charAt(0)) >= 0 || nextWord.equals("honest");
    return vowel ? "an" : "a";
  }

  /** "a, b and c". */
  static String list(List<String> items) {
    if (items.size() == 1) {
      return items.get(0);
    }
    return String.join(", ", items.subList(0, items.size() - 1))
        + " and "
        + items.get(items.size() - 1);
  }

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+"));
  }
}
