package dev.selfpruner.workflows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.ModelFormat;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.RawValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchInputTest {
  @Test
  void aWholeSpecIsTheSearchItself() {
    SearchSpec spec = MeasuredSpecs.full().spec();

    assertThat(SearchInput.read(SearchInput.of(spec))).isEqualTo(new SearchInput.Whole(spec));
  }

  @Test
  void whatANewerVersionHandedOnIsReadAsFarAsItIsKnown() {
    SearchSpec spec = MeasuredSpecs.full().spec();
    ObjectNode newer = Json.mapper().valueToTree(spec);
    newer.put("invented", 1).withObject("evolution").put("invented", true);

    assertThat(SearchInput.readContinued(raw(newer.toString())))
        .isEqualTo(new SearchInput.Whole(spec));
    assertThat(read(newer.toString()))
        .as("what a person gives")
        .isInstanceOf(SearchInput.Wrong.class);
  }

  @Test
  void aBudgetOfTimeIsReadToo() {
    ObjectNode whole = Json.mapper().valueToTree(MeasuredSpecs.full().spec());
    whole.put("sparsity", 0);
    ObjectNode latency = whole.putArray("latency").addObject();
    latency.put("type", "latency").put("milliseconds", 12).put("device", "cpu");
    latency.put("sequences", 1).put("tokens", 64);
    assertThat(read(whole.toString())).isInstanceOf(SearchInput.Whole.class);

    latency.put("type", "parameters");
    assertThat(read(whole.toString()))
        .isEqualTo(
            new SearchInput.Wrong(
                "latency[0].type: \"parameters\" is not one of latency, latency-share"));
  }

  @Test
  void aFormatIsReadToo() {
    SearchSpec padded = MeasuredSpecs.full().spec().withFormat(ModelFormat.PADDED);
    String whole = Json.write(padded);
    assertThat(whole).contains("\"format\":\"padded\"");

    assertThat(read(whole)).isEqualTo(new SearchInput.Whole(padded));
    assertThat(read(whole.replace("\"format\":\"padded\",", "")))
        .as("what an earlier version wrote")
        .isEqualTo(new SearchInput.Whole(MeasuredSpecs.full().spec()));
  }

  @Test
  void aFewFieldsAreToBeCompleted() {
    assertThat(read("{\"model\": \"/models/x\", \"sparsity\": 0.3}"))
        .isEqualTo(new SearchInput.Partial("{\"model\":\"/models/x\",\"sparsity\":0.3}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model\":                              | the input is not JSON",
        "{} {}                                    | the input is not JSON",
        "\"/models/x\"                            | the input is not a JSON object but \"/models/x\"",
        "[1]                                      | the input is not a JSON object but [1]",
        "{\"sparcity\": 0.3}                      | sparcity: there is no such field; there are model, sparsity,",
        "{\"sparsity\": \"much\"}                 | sparsity: \"much\" is not a number",
        "{\"model\": 7}                           | model: 7 is not text in quotes",
        "{\"seed\": 1.5}                          | seed: 1.5 is not a whole number",
        "{\"keepImproved\": \"yes\"}              | keepImproved: \"yes\" is not true or false",
        "{\"evolution\": [4]}                     | evolution: [4] is not an object",
        "{\"evolution\": {\"size\": 4}}           | evolution.size: there is no such field",
        "{\"generator\": {\"type\": \"oracle\"}}  | generator.type: \"oracle\" is not one of built-in, random, llm",
        "{\"generator\": {\"type\": \"llm\", \"temperature\": \"hot\"}} | generator.temperature: \"hot\" is not a number",
        "{\"generator\": {\"type\": \"llm\", \"provider\": \"ours\"}} | generator.provider: \"ours\" is not one of openai, anthropic",
        "{\"format\": \"gguf\"}                   | format: \"gguf\" is not one of compact, padded",
        "{\"method\": {}}                         | method: {} is not a list",
        "{\"method\": [{\"stages\": [{\"windows\": true}]}]} | method[0].stages[0].windows: true is not a whole number",
        "{\"method\": [{\"space\": \"SKY\"}]}     | method[0].space: \"SKY\" is not one of ",
      })
  void aMistakeIsNamed(String input, String reason) {
    assertThat(read(input))
        .isInstanceOfSatisfying(
            SearchInput.Wrong.class, wrong -> assertThat(wrong.reason()).startsWith(reason));
  }

  @Test
  void aValueThatAWholeSpecRefusesIsNamedWithItsPlace() {
    String whole = Json.write(MeasuredSpecs.full().spec());

    assertThat(read(whole.replaceFirst("\"sparsity\":[0-9.]+", "\"sparsity\":1.5")))
        .isEqualTo(new SearchInput.Wrong("sparsity out of (0, 1): 1.5"));
    assertThat(read(whole.replaceFirst("\"levels\":[0-9]+", "\"levels\":-1")))
        .isInstanceOfSatisfying(
            SearchInput.Wrong.class,
            wrong -> assertThat(wrong.reason()).startsWith("method[0].probing: "));
  }

  @Test
  void noInputIsNamed() {
    assertThat(SearchInput.read(null)).isInstanceOf(SearchInput.Wrong.class);
    assertThat(read("")).isInstanceOf(SearchInput.Wrong.class);
  }

  private static SearchInput read(String json) {
    return SearchInput.read(raw(json));
  }

  private static RawValue raw(String json) {
    return new RawValue(
        Payload.newBuilder()
            .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
            .setData(ByteString.copyFrom(json, UTF_8))
            .build());
  }
}
