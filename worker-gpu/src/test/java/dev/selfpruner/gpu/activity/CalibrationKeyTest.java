package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.search.RemovalOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CalibrationKeyTest {
  @Test
  void ofSingleHeadsInWandasOrderIsWhatItWasBeforeThereWereOthers() {
    CalibrationKey key =
        new CalibrationKey(
            "model",
            Calibrations.metric(RemovalOrder.WANDA_SP, AttentionUnit.QUERY_HEAD),
            new TextKey("text", "protocol", "tokenizer", 256, false, 4),
            0,
            8,
            "FLOAT32",
            "engine");

    assertThat(key.indexKey().key())
        .isEqualTo(
            """
            {"engine":"engine","firstWindow":0,"metric":"wanda-sp","model":"model",\
            "numericType":"FLOAT32","text":{"beginOfSequence":false,"protocol":"protocol",\
            "sequenceLength":256,"sha256":"text","tokenizer":"tokenizer","windowsInChunk":4},\
            "windows":8}""");
    assertThat(key.digest())
        .isEqualTo("d63b2a0eb14d004c675a41fe960eb6150ebfc98c4948528ca0587121f2e5760c");
  }

  @Test
  void everyOrderAndUnitHasAnother() {
    assertThat(
            Arrays.stream(RemovalOrder.values())
                .flatMap(
                    order ->
                        Arrays.stream(AttentionUnit.values())
                            .map(unit -> Calibrations.metric(order, unit))))
        .doesNotHaveDuplicates()
        .contains("wanda-sp, head of every group")
        .anyMatch(metric -> metric.startsWith("brain-surgeon, damping 3.0E-4, "));
  }
}
