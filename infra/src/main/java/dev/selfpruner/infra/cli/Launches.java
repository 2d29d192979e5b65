package dev.selfpruner.infra.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.KeepAlive;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.CorruptArtifactException;
import dev.selfpruner.activities.search.LaunchActivities;
import dev.selfpruner.activities.search.RunClaim;
import dev.selfpruner.gpu.activity.Locations;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.RunClaims;
import dev.selfpruner.workflows.Mistakes;
import dev.selfpruner.workflows.SearchSpec;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Does on a worker what {@code search} does before it starts a search. */
final class Launches implements LaunchActivities {
  private static final String STORE_FAILED = "ArtifactStoreUnavailable";

  private final ArtifactStore store;
  private final DefaultTexts texts;
  private final Locations locations;

  /**
   * @param store of all artifacts; stays the caller's
   * @param texts of searches that name none
   * @param locations of the models and texts that this worker reads
   */
  Launches(ArtifactStore store, DefaultTexts texts, Locations locations) {
    this.store = store;
    this.texts = texts;
    this.locations = locations;
  }

  @Override
  public String complete(String input) {
    try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext())) {
      alive.progress("reading the input");
      return Json.write(spec((ObjectNode) Json.mapper().readTree(input)));
    } catch (UserError | IllegalArgumentException e) {
      String reason =
          e.getCause() instanceof JsonProcessingException value
              ? Mistakes.of(value)
              : String.valueOf(e.getMessage());
      throw ApplicationFailure.newNonRetryableFailure(SpecOptions.asFields(reason), INVALID_INPUT);
    } catch (IOException e) {
      throw ApplicationFailure.newNonRetryableFailure(
          "the input is not JSON: " + e.getMessage(), INVALID_INPUT);
    }
  }

  @Override
  public int claim(RunClaim claim) {
    try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext())) {
      alive.progress("looking for the search's runs");
      return new RunClaims(store).claim(spec(claim), claim.inputs().ownedBy(claim.owner()));
    } catch (IllegalArgumentException | CorruptArtifactException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(
          "what a run reads is damaged in the artifact store: " + e.getMessage(),
          FailureTypes.CORRUPT,
          e);
    } catch (IOException e) {
      throw ApplicationFailure.newFailureWithCause(
          "the artifact store failed on a claim: " + e.getMessage(), STORE_FAILED, e);
    }
  }

  private static SearchSpec spec(RunClaim claim) {
    try {
      return Json.readStored(claim.spec().getBytes(UTF_8), SearchSpec.class);
    } catch (IllegalArgumentException e) {
      throw ApplicationFailure.newNonRetryableFailure(e.getMessage(), INVALID_INPUT);
    }
  }

  private SearchSpec spec(ObjectNode given) {
    boolean demo = given.path("demo").asBoolean();
    SearchOptions options = SearchOptions.of(demo, preset(given.path("preset").asText()));
    given.remove("demo");
    given.remove("preset");
    SpecDraft draft = SpecDraft.of(given, "the input");
    if (!demo) {
      requireGiven(draft);
      texts.complete(draft);
      requireReadable(draft);
    }
    try (SpecChecks checks = checks(draft)) {
      SearchSpec spec = options.spec(draft, checks);
      checks.checkTexts(spec);
      return spec;
    }
  }

  /** Before a file is opened: a mistake in it may tell what it holds. */
  private void requireReadable(SpecDraft draft) {
    try {
      locations.models().require(draft.text("/model").orElseThrow());
      for (String path : texts(draft)) {
        locations.texts().require(path);
      }
    } catch (IOException e) {
      throw new UserError("cannot look at what the input names: " + e.getMessage(), e);
    }
  }

  /** Held-out text is named within the method. */
  private static List<String> texts(SpecDraft draft) {
    Stream<String> heldOut =
        draft.get("/method").stream()
            .flatMap(method -> method.findValues("path").stream())
            .filter(path -> !path.isNull())
            .map(JsonNode::asText);
    return Stream.concat(
            Stream.of("/calibrationText/path", "/searchText/path", "/testText/path")
                .flatMap(pointer -> draft.text(pointer).stream()),
            heldOut)
        .toList();
  }

  private static void requireGiven(SpecDraft draft) {
    if (draft.text("/model").isEmpty()) {
      throw new UserError(
          "model is missing: give the directory of a Hugging Face model, as the workers see it");
    }
    if (draft.get("/sparsity").isEmpty()) {
      throw new UserError(
          "sparsity is missing: give the share of the decoder blocks' parameters to remove, such as 0.3");
    }
  }

  /** A model that isn't here may be where GPU workers are: then they look at it. */
  private static SpecChecks checks(SpecDraft draft) {
    boolean here = draft.text("/model").map(Path::of).map(Files::isDirectory).orElse(true);
    return here ? LocalChecks.ofFiles() : new RemoteChecks();
  }

  private static Preset preset(String name) {
    return name.isEmpty()
        ? null
        : Arrays.stream(Preset.values())
            .filter(each -> name(each).equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new UserError(
                        "preset: \"%s\" is not one of %s"
                            .formatted(
                                name,
                                Arrays.stream(Preset.values())
                                    .map(Launches::name)
                                    .collect(Collectors.joining(", ")))));
  }

  private static String name(Preset preset) {
    return preset.name().toLowerCase(Locale.ROOT);
  }
}
