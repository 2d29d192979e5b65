package dev.selfpruner.workflows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.TextWindows;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DefaultDataConverter;
import org.junit.jupiter.api.Test;

class PreparationTest {
  private static final Target.Latency TIME = new Target.Milliseconds(12, "cpu", 1, 64);

  @Test
  void aCalibrationSaysWhatPlansAreToMeet() {
    SearchSpec spec = MeasuredSpecs.full().spec();
    CalibrationRequest size = Preparation.calibration(spec);
    CalibrationRequest time = Preparation.calibration(MeasuredSpecs.full().spec(TIME));

    assertThat(size.target()).containsExactly(new Target.BlockShare(spec.sparsity()));
    assertThat(size.widthMultiple()).isEqualTo(spec.widthMultiple());
    assertThat(time.target()).containsExactly(TIME);
    assertThat(written(size)).isEqualTo(size);
    assertThat(written(time)).isEqualTo(time);
  }

  @Test
  void aCalibrationSaysWhatElseIsRead() {
    SearchSpec spec = MeasuredSpecs.full().spec();

    assertThat(Preparation.calibration(spec).texts())
        .startsWith(spec.searchText(), spec.testText())
        .containsAll(spec.method().get(0).heldOut())
        .hasSize(3);
    assertThat(written(Preparation.calibration(spec)).texts())
        .isEqualTo(Preparation.calibration(spec).texts());
  }

  @Test
  void requestsOfEarlierVersionsAskForNoTarget() {
    assertThat(
            read(
                """
                {"model":"m","text":{"path":"t","sequenceLength":128,"firstWindow":0,"windows":4,
                 "beginOfSequence":true},"order":"BRAIN_SURGEON","attentionUnit":"QUERY_HEAD",
                 "gram":true}"""))
        .isEqualTo(
            new CalibrationRequest(
                "m",
                new TextWindows("t", 128, 0, 4, true),
                RemovalOrder.BRAIN_SURGEON,
                null,
                null));
  }

  /** As a worker gets it. */
  private static CalibrationRequest written(CalibrationRequest request) {
    Payload payload = DefaultDataConverter.STANDARD_INSTANCE.toPayload(request).orElseThrow();
    return read(payload.getData().toStringUtf8());
  }

  private static CalibrationRequest read(String json) {
    Payload payload =
        Payload.newBuilder()
            .putMetadata("encoding", ByteString.copyFrom("json/plain", UTF_8))
            .setData(ByteString.copyFromUtf8(json))
            .build();
    return DefaultDataConverter.STANDARD_INSTANCE.fromPayload(
        payload, CalibrationRequest.class, CalibrationRequest.class);
  }
}
