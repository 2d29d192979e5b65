package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.activities.search.TextWindows;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a search is named after, and what specs of earlier versions mean. */
class SearchSpecTest {
  private static final TextWindows TEXT = new TextWindows("text", 128, 0, 4, true);

  /** As the version before width multiples wrote it, in one line. */
  private static final String EARLIER =
      """
      {"calibrationText":TEXT,"evolution":{"crossovers":1,"iterations":1,"mutations":1,"population":4},\
      "generator":{"type":"built-in"},"keepImproved":false,"model":"model","objective":{"type":"perplexity"},\
      "run":1,"searchText":TEXT,"seed":7,"sparsity":0.3,"testText":TEXT}"""
          .replace(
              "TEXT",
              """
              {"beginOfSequence":true,"firstWindow":0,"path":"text","sequenceLength":128,"windows":4}""");

  /** Histories are read with the SDK's mapper, which allows for missing fields. */
  private final ObjectMapper histories = JacksonJsonPayloadConverter.newDefaultObjectMapper();

  @Test
  void aSpecOfAnEarlierVersionLeavesWidthsAsTheyCome() throws JsonProcessingException {
    assertThat(histories.readValue(EARLIER, SearchSpec.class)).isEqualTo(spec(1));
  }

  @Test
  void aSearchOfAnEarlierVersionKeepsItsName() {
    assertThat(spec(1).key()).isEqualTo(Digests.sha256(EARLIER));
  }

  @Test
  void anotherMultipleIsAnotherSearch() {
    assertThat(List.of(spec(1).key(), spec(8).key(), spec(16).key())).doesNotHaveDuplicates();
    assertThat(spec(8).withRun(2).widthMultiple()).isEqualTo(8);
  }

  @Test
  void anotherFormatIsAnotherSearchAndStaysWithIt() {
    SearchSpec padded = spec(1).withFormat(ModelFormat.PADDED);
    assertThat(padded.key()).isNotEqualTo(spec(1).key());
    assertThat(padded.withFormat(ModelFormat.COMPACT)).isEqualTo(spec(1));
    assertThat(
            List.of(
                padded.withRun(2),
                padded.withSeed(3),
                padded.withStopping(Stopping.NEVER),
                padded.withLimits(LlmLimits.NONE),
                padded.withGenerators(new Generator.Random(), new Generator.Random())))
        .extracting(SearchSpec::format)
        .containsOnly(ModelFormat.PADDED);
  }

  @Test
  void staysTheSameOnItsWayThroughAHistory() throws JsonProcessingException {
    SearchSpec read = histories.readValue(histories.writeValueAsString(spec(8)), SearchSpec.class);

    assertThat(read).isEqualTo(spec(8));
    assertThat(read.key()).isEqualTo(spec(8).key());
  }

  @Test
  void tellsTheGeneratorItsMultiple() throws JsonProcessingException {
    ArtifactRef nothing = new ArtifactRef("memory:" + "0".repeat(64), "0".repeat(64), 0);
    Calibration calibration =
        new Calibration("calibration", "0".repeat(64), nothing, nothing, 1_000, 2);

    ProposalRequest request =
        ProposalRequests.of(
            spec(8), calibration, 0, Operator.INITIALISE, 4, Spending.NOTHING, List.of());

    assertThat(request.widthMultiple()).isEqualTo(8);
    String json = histories.writeValueAsString(request);
    assertThat(histories.readValue(json, ProposalRequest.class)).isEqualTo(request);
    // Tasks that an earlier version scheduled do not say it.
    assertThat(
            histories
                .readValue(json.replace("\"widthMultiple\":8,", ""), ProposalRequest.class)
                .widthMultiple())
        .isEqualTo(1);
  }

  @Test
  void refusesWhatIsNoMultiple() {
    assertThatThrownBy(() -> spec(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("widthMultiple: widths are multiples of at least 1, not 0");
  }

  @Test
  void aBudgetOfTimeIsPartOfItsName() throws JsonProcessingException {
    SearchSpec fast = MeasuredSpecs.full().spec(new Target.TimeShare(0.8, "cpu", 1, 256));
    SearchSpec small = MeasuredSpecs.full().spec();

    assertThat(histories.readValue(histories.writeValueAsString(fast), SearchSpec.class))
        .isEqualTo(fast);
    assertThat(
            List.of(
                small.key(),
                fast.key(),
                MeasuredSpecs.full().spec(new Target.Milliseconds(8, "cpu", 1, 256)).key(),
                MeasuredSpecs.full().spec(new Target.TimeShare(0.8, "other", 1, 256)).key()))
        .doesNotHaveDuplicates();
    assertThat(fast.withRun(2).withSeed(3).latency()).isEqualTo(fast.latency());
    assertThat(Json.write(small)).contains("\"latency\":[]");
  }

  @Test
  void refusesABudgetOfTimeThatNothingCanBeHeldTo() {
    ObjectNode spec =
        histories.valueToTree(MeasuredSpecs.full().spec(new Target.TimeShare(0.8, "cpu", 1, 256)));

    assertRefused(
        spec.deepCopy().put("sparsity", 0.3),
        "latency and sparsity 0.3 both say how much goes: give one of them, and 0 for the sparsity beside a latency");
    ObjectNode layers = spec.deepCopy();
    layers.withObject("/method/0").put("space", "LAYERS");
    assertRefused(
        layers,
        "latency needs a method whose space is BLOCKS: one rate for attention and MLP doesn't say what a layer takes");
    ObjectNode published = spec.deepCopy();
    published.putArray("method");
    assertRefused(published, "latency needs a method whose space is BLOCKS");
    ObjectNode nowhere = spec.deepCopy();
    nowhere.withObject("/latency/0").remove("device");
    assertRefused(nowhere, "a latency target names the device that it holds on");
    ObjectNode nothing = spec.deepCopy();
    nothing.putArray("latency");
    assertRefused(nothing, "sparsity out of (0, 1): 0.0");
  }

  private void assertRefused(ObjectNode spec, String message) {
    assertThatThrownBy(() -> histories.treeToValue(spec, SearchSpec.class))
        .hasMessageContaining(message);
  }

  private static SearchSpec spec(int widthMultiple) {
    return new SearchSpec(
        "model",
        0.3,
        widthMultiple,
        new Evolution(4, 1, 1, 1),
        new Generator.BuiltIn(),
        new Generator.BuiltIn(),
        LlmLimits.NONE,
        7,
        TEXT,
        TEXT,
        TEXT,
        new Objective.Perplexity(),
        false,
        1);
  }
}
