package dev.selfpruner.workflows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.LaunchActivities;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a search is started with: a whole spec, as the command line sends it, or the few fields that
 * a person gives in Temporal's web interface. It is decoded by the workflow itself: an input that
 * the server's worker could not decode would fail workflow tasks for ever, and never the run.
 */
public sealed interface SearchInput {
  /** An example, for people whose input is none. */
  String EXAMPLE = "{\"model\": \"/models/x\", \"sparsity\": 0.3}";

  /** Evaluations that it is going to ask for, as far as that is known by now. */
  int evaluations();

  /**
   * The search, completed by a worker where that is needed.
   *
   * @throws ApplicationFailure that no retry mends, if it is none
   */
  SearchSpec spec();

  /** A search that needs nothing else. */
  record Whole(SearchSpec spec) implements SearchInput {
    @Override
    public int evaluations() {
      return Estimates.evaluations(spec, 0, 0);
    }
  }

  /**
   * Fields that may be part of a search.
   *
   * @param json an object
   */
  record Partial(String json) implements SearchInput {
    @Override
    public int evaluations() {
      return 0;
    }

    @Override
    public SearchSpec spec() {
      String completed = Policies.launches().complete(json);
      try {
        return SpecFields.read(Json.mapper().readTree(completed), SearchSpec.class);
      } catch (IOException e) { // it is in the history: no retry reads it
        throw ApplicationFailure.newNonRetryableFailure(
            "the completed input cannot be read: " + Mistakes.of(e),
            LaunchActivities.INVALID_INPUT);
      }
    }
  }

  /**
   * No search.
   *
   * @param reason names the field, if it is one
   */
  record Wrong(String reason) implements SearchInput {
    @Override
    public int evaluations() {
      return 0;
    }

    @Override
    public SearchSpec spec() {
      throw ApplicationFailure.newNonRetryableFailure(reason, LaunchActivities.INVALID_INPUT);
    }
  }

  /** Encodes a spec as the input that starts its search. */
  static RawValue of(SearchSpec spec) {
    return new RawValue(
        DefaultDataConverter.STANDARD_INSTANCE
            .toPayload(Json.mapper().<JsonNode>valueToTree(spec))
            .orElseThrow());
  }

  /** Reads an input; null is none. */
  static SearchInput read(RawValue input) {
    return read(input, SearchInput::of);
  }

  /**
   * Reads what a search handed on to its next history: a program wrote it, maybe a newer one with
   * fields that are unknown here.
   */
  static SearchInput readContinued(RawValue input) {
    return read(input, SearchInput::whole);
  }

  private static SearchInput read(RawValue input, Function<ObjectNode, SearchInput> of) {
    try {
      return of.apply(SpecFields.object(input, EXAMPLE));
    } catch (IOException e) {
      return new Wrong(e.getMessage());
    } catch (RuntimeException e) { // thrown on, it would fail the workflow's tasks for ever
      return new Wrong("the input cannot be read (%s): give one such as %s".formatted(e, EXAMPLE));
    }
  }

  private static SearchInput of(ObjectNode object) {
    Optional<String> mistake = SpecFields.mistake(object);
    if (mistake.isPresent()) {
      return new Wrong(mistake.get());
    }
    boolean whole = SpecFields.WHOLE.stream().allMatch(object::hasNonNull);
    return whole ? whole(object) : new Partial(Json.write(object));
  }

  private static SearchInput whole(ObjectNode object) {
    try {
      return new Whole(SpecFields.read(object, SearchSpec.class));
    } catch (IOException e) {
      return new Wrong(Mistakes.of(e));
    }
  }
}
