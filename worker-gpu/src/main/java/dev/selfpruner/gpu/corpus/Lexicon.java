package dev.selfpruner.gpu.corpus;

import java.util.ArrayList;
import java.util.List;

/** The language's words, the common ones first in every list. */
final class Lexicon {
  static final List<String> STEMS =
      words(
          """
          Mar Tel Ros Bran Lin Dor Sel Han Vik Fen Jor Ald Pet Ner Cal Ost Ul Wil Zor Ger Im Kat \
          Yor Sam Bel Tor Ed Lor Nad Mir
          """);

  static final List<String> MASCULINE_ENDINGS = words("o in us");
  static final List<String> FEMININE_ENDINGS = words("a ina ela");

  static final List<String> TOWN_BEGINNINGS =
      words("Ash Brook Cold Dun Elm Fair Green Hazel Iron King Long Mill North Oak Stone Win");
  static final List<String> TOWN_ENDINGS =
      words("ton ford field wick bridge port dale mere well gate stead burn");

  static final List<String> PET_BEGINNINGS = words("Bi Mo Pu Ta Zi Lu Ko Fi Ne Sha Do Wi");
  static final List<String> PET_ENDINGS = words("bo ppy mo nka lo ster zz ki rro fin");

  static final List<String> TRADES =
      words(
          """
          baker miller farmer sailor tailor teacher doctor painter hunter weaver smith gardener \
          shepherd singer fisher writer potter soldier merchant carpenter
          """);

  static final List<String> MOODS =
      words(
          """
          old young kind quiet clever brave tired happy proud gentle lonely careful cheerful \
          curious patient honest strange famous poor stubborn
          """);

  static final List<String> COLOURS =
      words("red blue green white black yellow grey brown golden silver purple orange");

  static final List<String> THINGS =
      words(
          """
          key book lamp cup ring basket letter knife coat hat box map rope bell mirror drum flute \
          shoe candle blanket brush coin ladder bottle clock chain whistle spoon kettle button
          """);

  static final List<String> PLACES =
      words(
          """
          kitchen garden market harbour forest mill tower barn school cellar stable church \
          meadow library workshop valley castle cave attic orchard
          """);

  static final List<String> ANIMALS =
      words(
          """
          cat dog horse owl fox goat crow hen mouse bear duck frog hare snake wolf pony swan bee \
          donkey otter
          """);

  static final List<String> FOODS =
      words(
          "bread honey apples cheese fish corn berries nuts milk carrots soup eggs cake grass"
              + " seeds pears");

  static final List<String> SOUNDS =
      words("purrs barks neighs hoots yelps bleats caws clucks squeaks growls quacks croaks");

  static final List<String> RIVERS = words("Avel Torne Misk Lume Ister Wend Oder Sava");

  static final List<String> COUNTED =
      words("apples coins eggs stones candles nuts shells feathers buttons pears flowers fish");

  static final List<String> GOINGS = words("walked went ran hurried wandered rode crept travelled");

  static final List<String> TAKINGS = words("took found grabbed borrowed bought");

  static final List<String> SAYINGS = words("said answered whispered shouted replied sighed");

  static final List<String> WEATHERS =
      words("cold warm windy rainy bright foggy snowy stormy calm dark");

  static final List<String> FEELINGS =
      words("glad sad angry afraid surprised hungry sleepy sorry thirsty ashamed");

  static final List<String> SYLLABLES = words("la do mi sol re fa ti ba lo ne");

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
