package dev.selfpruner.workflows;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.InjectedCandidate;
import java.util.ArrayList;
import java.util.List;

/**
 * What people have told a running search. Each {@code require} is what an update's validator asks:
 * what it refuses leaves no trace in the history.
 */
final class Steering {
  /**
   * Candidates that wait for the next iteration: more of them would be an operator of their own.
   */
  static final int MOST_INJECTED = 16;

  private static final int LONGEST_WORDS = 500;

  private final List<Pause> paused;
  private final List<String> stopped;
  private final List<ArtifactRef> injected;
  private Extension extension;
  private int layers;
  private int arriving;
  private boolean ending;

  /**
   * What a run that continues another has to know.
   *
   * @param paused none, or one
   * @param stopped why it is to end: none, or one
   * @param injected artifacts of candidates that wait for the next iteration
   * @param extension of all limits
   * @param layers of the model; 0 while they aren't known
   */
  record State(
      List<Pause> paused,
      List<String> stopped,
      List<ArtifactRef> injected,
      Extension extension,
      int layers) {
    static final State NOTHING = new State(List.of(), List.of(), List.of(), Extension.NOTHING, 0);

    State {
      paused = List.copyOf(paused);
      stopped = List.copyOf(stopped);
      injected = List.copyOf(injected);
    }
  }

  Steering(State state) {
    paused = new ArrayList<>(state.paused());
    stopped = new ArrayList<>(state.stopped());
    injected = new ArrayList<>(state.injected());
    extension = state.extension();
    layers = state.layers();
  }

  State state() {
    return new State(paused, stopped, injected, extension, layers);
  }

  void knows(int modelLayers) {
    layers = modelLayers;
  }

  /** From here on nothing that is told changes anything. */
  void end() {
    ending = true;
  }

  boolean isEnding() {
    return ending || isStopped();
  }

  /** Of the model; 0 while they aren't known. */
  int layers() {
    return layers;
  }

  boolean isPaused() {
    return !paused.isEmpty() && !isStopped();
  }

  boolean isStopped() {
    return !stopped.isEmpty();
  }

  /** Why it waits, in words; empty where it does not. */
  String pausedInWords() {
    return isPaused() ? paused.get(0).inWords() : "";
  }

  /** Why it ends before its last iteration, in words; empty where nobody wants that. */
  String stoppedInWords() {
    return stopped.stream().findFirst().orElse("");
  }

  Extension extension() {
    return extension;
  }

  void requirePausable(UpdateInput.Words words) {
    requireGoingOn();
    requireShort(words);
    if (isPaused()) {
      throw new IllegalArgumentException(
          "the search is paused already: %s".formatted(pausedInWords()));
    }
  }

  void pause(UpdateInput.Words words, long now) {
    paused.add(new Pause(words.reason(), words.by(), now));
  }

  void requirePaused() {
    requireGoingOn();
    if (!isPaused()) {
      throw new IllegalArgumentException("the search is not paused: there is nothing to resume");
    }
  }

  void resume() {
    paused.clear();
  }

  void requireStoppable(UpdateInput.Words words) {
    requireGoingOn();
    requireShort(words);
  }

  void stop(UpdateInput.Words words, long now) {
    stopped.add(Stops.STOPPED + new Pause(words.reason(), words.by(), now).inWords());
  }

  void requireExtensible(SearchSpec spec, Extension more) {
    requireGoingOn();
    if (more.equals(Extension.NOTHING)) {
      throw new IllegalArgumentException(
          "an extension adds to at least one of iterations, tokens, evaluations, seconds, llmTokens, cost and patience");
    }
    more.addsToNothing(spec)
        .ifPresent(
            limit -> {
              throw new IllegalArgumentException(
                  "%s: the search has no limit that could be extended".formatted(limit));
            });
    try {
      int unused = Math.addExact(spec.evolution().iterations(), extension.plus(more).iterations());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("an extension beyond what can be counted", e);
    }
  }

  void extend(Extension more) {
    extension = extension.plus(more);
  }

  void requireInjectable(InjectedCandidate candidate) {
    requireGoingOn();
    if (layers == 0) {
      throw new IllegalArgumentException(
          "the model isn't calibrated yet, so nobody knows its layers: try again when it is");
    }
    if (candidate.size() != layers) {
      throw new IllegalArgumentException(
          "a candidate for %d layers, but the model has %d".formatted(candidate.size(), layers));
    }
    int waiting = injected.size() + arriving;
    if (waiting >= MOST_INJECTED) {
      throw new IllegalArgumentException(
          "%d candidates wait for the next iteration already: try again when it has begun"
              .formatted(waiting));
    }
  }

  /** A candidate was taken that isn't stored yet, as it is not while no worker is there. */
  void arrives() {
    arriving++;
  }

  /** It is stored, or never will be. */
  void arrived() {
    arriving--;
  }

  void inject(ArtifactRef candidate) {
    injected.add(candidate);
  }

  /** Takes what waits for an iteration. */
  List<ArtifactRef> takeInjected() {
    List<ArtifactRef> taken = List.copyOf(injected);
    injected.clear();
    return taken;
  }

  private void requireGoingOn() {
    if (ending) {
      throw new IllegalArgumentException(
          "the search is past its last iteration: there is nothing left to steer");
    }
    if (isStopped()) {
      throw new IllegalArgumentException("the search is to end: " + stoppedInWords());
    }
  }

  private static void requireShort(UpdateInput.Words words) {
    if (words.reason().length() > LONGEST_WORDS || words.by().length() > LONGEST_WORDS) {
      throw new IllegalArgumentException(
          "a reason has at most %d characters".formatted(LONGEST_WORDS));
    }
  }
}
