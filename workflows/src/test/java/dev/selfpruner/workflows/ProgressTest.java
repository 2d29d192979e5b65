package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.workflows.SearchProgress.Phase;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import org.junit.jupiter.api.Test;

class ProgressTest {
  /** Histories and queries are read with the SDK's mapper. */
  private final ObjectMapper mapper = JacksonJsonPayloadConverter.newDefaultObjectMapper();

  @Test
  void whatAnEarlierVersionToldCountsNoTokens() throws JsonProcessingException {
    assertThat(
            mapper.readValue(
                """
                {"phase":"SEARCHING","iteration":2,"evaluated":5,"evaluations":9,"alreadyKnown":1,
                 "best":3.5,"spending":{"calls":0,"inputTokens":0,"outputTokens":0,"cost":0.0}}""",
                SearchProgress.class))
        .isEqualTo(new SearchProgress(Phase.SEARCHING, 2, 5, 9, 1, 3.5, Spending.NOTHING));
    assertThat(
            mapper.readValue(
                """
                {"evaluated":5,"alreadyKnown":1,"best":3.5}""",
                BatchProgress.class))
        .isEqualTo(new BatchProgress(5, 1, 3.5, 0L));
  }

  @Test
  void aBatchOnOtherWindowsSaysNothingOfTheBest() throws JsonProcessingException {
    BatchProgress batch = BatchProgress.of(new Totals(3, 1, 600));
    BatchProgress told = mapper.readValue(mapper.writeValueAsString(batch), BatchProgress.class);

    assertThat(told).isEqualTo(batch);
    assertThat(
            new SearchProgress(Phase.SEARCHING, 2, 5, 9, 1, 3.5, Spending.NOTHING, 1_000)
                .after(told))
        .isEqualTo(new SearchProgress(Phase.SEARCHING, 2, 8, 9, 2, 3.5, Spending.NOTHING, 1_600));
  }
}
