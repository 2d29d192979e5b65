package dev.selfpruner.workflows;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.search.LaunchActivities;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a comparison is started with, decoded by the workflow itself as {@link SearchInput} is: what
 * is none fails the run with its field's name, and no workflow task.
 */
public sealed interface CompareInput {
  /** An example, for people whose input is none. */
  String EXAMPLE =
      "{\"entries\": [{\"name\": \"a\", \"spec\": SPEC}, {\"name\": \"b\", \"spec\": SPEC}], \"seeds\": [0, 1]}";

  /**
   * What is to be compared.
   *
   * @throws ApplicationFailure that no retry mends, if it is nothing that can be
   */
  CompareSpec spec();

  /** A comparison. */
  record Whole(CompareSpec spec) implements CompareInput {}

  /**
   * No comparison.
   *
   * @param reason names the field, if it is one
   */
  record Wrong(String reason) implements CompareInput {
    @Override
    public CompareSpec spec() {
      throw ApplicationFailure.newNonRetryableFailure(reason, LaunchActivities.INVALID_INPUT);
    }
  }

  /** Encodes a spec as the input that starts its comparison, as the SDK encodes it. */
  static RawValue of(CompareSpec spec) {
    return new RawValue(DefaultDataConverter.STANDARD_INSTANCE.toPayload(spec).orElseThrow());
  }

  /** Reads an input; null is none. */
  static CompareInput read(RawValue input) {
    try {
      return of(SpecFields.object(input, EXAMPLE));
    } catch (JsonMappingException e) {
      return new Wrong(Mistakes.of(e));
    } catch (IOException e) {
      return new Wrong(e.getMessage());
    } catch (RuntimeException e) { // thrown on, it would fail the workflow's tasks for ever
      return new Wrong("the input cannot be read (%s): give one such as %s".formatted(e, EXAMPLE));
    }
  }

  private static CompareInput of(ObjectNode object) throws IOException {
    Optional<String> mistake =
        SpecFields.mistake(object, CompareSpec.class).or(() -> missing(object));
    if (mistake.isPresent()) {
      return new Wrong(mistake.get());
    }
    if (!object.hasNonNull("atATime")) {
      object.put("atATime", Policies.SEARCHES_AT_A_TIME);
    }
    return new Whole(SpecFields.read(object, CompareSpec.class));
  }

  /** The first field that has to be there and isn't, in words. */
  private static Optional<String> missing(ObjectNode object) {
    Optional<String> missing = missing(object, "", List.of("entries", "seeds"));
    for (int i = 0; missing.isEmpty() && i < object.path("entries").size(); i++) {
      JsonNode entry = object.path("entries").path(i);
      String path = "entries[%d].".formatted(i);
      missing =
          missing(entry, path, List.of("name", "spec"))
              .or(() -> missing(entry.path("spec"), path + "spec.", SpecFields.WHOLE));
    }
    return missing;
  }

  private static Optional<String> missing(JsonNode node, String path, List<String> fields) {
    return fields.stream()
        .filter(field -> !node.hasNonNull(field))
        .map(
            field ->
                "%s%s is missing: a comparison is such as %s, each SPEC whole"
                    .formatted(path, field, EXAMPLE))
        .findFirst();
  }
}
