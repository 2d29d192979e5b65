package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.workflows.SearchSpec;
import java.util.Optional;
import java.util.OptionalInt;

/** What is known of a search's model and texts before it starts, and the checks that follow. */
interface SpecChecks extends AutoCloseable {
  /** Checks a model's path; returns it as the spec shall name it. */
  String model(String path);

  /**
   * Checks a text's path; returns it as the spec shall name it.
   *
   * @param option that gave it, for the message
   */
  String text(String option, String path);

  /**
   * Windows that a text has, counted from its first; empty where nobody here can count them.
   *
   * @param path that {@link #text} gave
   * @param sequenceLength tokens in a window
   */
  OptionalInt windows(String path, int sequenceLength, boolean beginOfSequence);

  /** The model's content address, which takes reading it; empty where the model is elsewhere. */
  Optional<String> modelSha256();

  /** What a budget is reckoned from; empty where the model is elsewhere. */
  Optional<ModelSizes> sizes(AttentionUnit unit);

  /** What workers compute on, as its driver calls it; empty where they are elsewhere. */
  Optional<String> device();

  /** Tokens that the model was made for; {@link Integer#MAX_VALUE} where that is not known. */
  int contextLength();

  /**
   * Checks a complete spec.
   *
   * @throws dev.selfpruner.infra.UserError if the spec cannot be carried out
   */
  void check(SearchSpec spec);

  /**
   * Checks that the texts have the windows that the spec asks for, which takes seconds.
   *
   * @throws dev.selfpruner.infra.UserError if they have not
   */
  void checkTexts(SearchSpec spec);

  @Override
  void close();
}
