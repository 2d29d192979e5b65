package dev.selfpruner.gpu.corpus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What holds in one story: who is in it, and, as it goes on, where everyone and everything is. */
final class World {
  private static final int CAST = 3;
  private static final int THINGS = 4;
  private static final int SYLLABLES = 4;

  final List<Person> cast = new ArrayList<>();
  final Town town;
  final String trade;
  final String mood;
  final String animal;
  final String animalColour;
  final String animalName;
  final List<String> song;
  final List<String> places;
  final List<Thing> things = new ArrayList<>();
  final Map<Person, String> whereabouts = new LinkedHashMap<>();
  final Map<Thing, Person> holders = new LinkedHashMap<>();
  int day;

  World(Dice dice) {
    List<String> names = new ArrayList<>();
    names.addAll(dice.several(Lexicon.names(Lexicon.MASCULINE_ENDINGS), CAST));
    names.addAll(dice.several(Lexicon.names(Lexicon.FEMININE_ENDINGS), CAST));
    for (int i = 0; i < CAST; i++) {
      cast.add(new Person(names.remove(dice.below(names.size()))));
    }
    town = Town.any(dice);
    trade = dice.common(Lexicon.TRADES);
    mood = dice.common(Lexicon.MOODS);
    animal = dice.common(Lexicon.ANIMALS);
    animalColour = dice.common(Lexicon.COLOURS);
    animalName = dice.any(Lexicon.PET_BEGINNINGS) + dice.any(Lexicon.PET_ENDINGS);
    places = dice.several(Lexicon.PLACES, CAST + 1);
    List<String> sung = new ArrayList<>();
    for (int i = 0; i < SYLLABLES; i++) {
      sung.add(dice.any(Lexicon.SYLLABLES));
    }
    song = List.copyOf(sung);
    for (String kind : dice.several(Lexicon.THINGS, THINGS)) {
      things.add(new Thing(dice.common(Lexicon.COLOURS), kind));
    }
    day = dice.below(Lexicon.DAYS.size());
  }

  Person hero() {
    return cast.get(0);
  }

  /** Someone else than {@code person}. */
  Person other(Dice dice, Person person) {
    List<Person> others = new ArrayList<>(cast);
    others.remove(person);
    return dice.any(others);
  }

  String nextDay() {
    day = (day + 1) % Lexicon.DAYS.size();
    return Lexicon.DAYS.get(day);
  }
}
