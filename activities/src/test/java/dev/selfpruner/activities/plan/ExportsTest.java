package dev.selfpruner.activities.plan;

import static dev.selfpruner.activities.plan.ModelRuntime.LLAMA_CPP;
import static dev.selfpruner.activities.plan.ModelRuntime.PADDED;
import static dev.selfpruner.activities.plan.ModelRuntime.TRANSFORMERS;
import static dev.selfpruner.activities.plan.ModelRuntime.VLLM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a plan loads. */
class ExportsTest {
  private static PruningPlan plan(int firstHeads, int heads) {
    return new PruningPlan(List.of(new LayerPlan(firstHeads, 7), new LayerPlan(heads, 10)));
  }

  /** Two layers with heads in two groups of three, which go in this order. */
  private static PrunableModel model(Integer... order) {
    return new PrunableModel(
        Collections.nCopies(
            2, new PrunableLayer(16, 4, 10, List.of(0, 0, 0, 1, 1, 1), List.of(order))));
  }

  @Test
  void whatIsAlikeButForNeuronsLoadsEverywhere() {
    Exports exports = Exports.of(model(0, 3, 1, 4, 2, 5), plan(4, 4));

    assertThat(exports.possible()).containsExactly(TRANSFORMERS, VLLM, LLAMA_CPP, PADDED);
    assertThat(exports.obstacles()).isEmpty();
  }

  @Test
  void vllmWantsAsManyQueryHeadsEverywhere() {
    Exports exports = Exports.of(model(0, 3, 1, 4, 2, 5), plan(4, 2));

    assertThat(exports.possible()).containsExactly(TRANSFORMERS, LLAMA_CPP, PADDED);
    assertThat(exports.obstacles())
        .containsExactly(
            entry(VLLM, "layer 0 keeps 4 query heads, layer 1 2: every layer has to keep as many"));
  }

  @Test
  void bothWantGroupsOfEqualSize() {
    String noMultiple = "layer 1 keeps 5 query heads, no multiple of its 2 key-value heads";
    assertThat(Exports.of(model(0, 1, 2, 3, 4, 5), plan(5, 5)).obstacles())
        .containsOnly(
            entry(VLLM, noMultiple.replace("layer 1", "layer 0")),
            entry(LLAMA_CPP, noMultiple.replace("layer 1", "layer 0")));
    assertThat(Exports.of(model(0, 1, 2, 3, 4, 5), plan(3, 5)).obstacles())
        .containsEntry(LLAMA_CPP, noMultiple);
    // Four of two, but one and three: the runtime would share them out evenly.
    assertThat(Exports.of(model(0, 1, 2, 3, 4, 5), plan(4, 4)).obstacles())
        .containsEntry(
            LLAMA_CPP,
            "layer 0 keeps 1, 3 query heads of its key-value heads: it has to be as many of each");
  }

  @Test
  void wholeGroupsMayGo() {
    assertThat(Exports.of(model(0, 1, 2, 3, 4, 5), plan(3, 3)).possible())
        .containsExactly(ModelRuntime.values());
    assertThat(Exports.of(model(0, 1, 2, 3, 4, 5), plan(3, 6)).possible())
        .containsExactly(TRANSFORMERS, LLAMA_CPP, PADDED);
  }

  @Test
  void headsHaveOneSize() {
    PrunableModel model =
        new PrunableModel(
            List.of(
                new PrunableLayer(16, 4, 10, List.of(0), List.of(0)),
                new PrunableLayer(16, 8, 10, List.of(0), List.of(0))));

    assertThat(Exports.of(model, plan(1, 1)).obstacles())
        .containsEntry(LLAMA_CPP, "the layers' heads differ in size")
        .containsKey(VLLM);
  }

  @Test
  void refusesAPlanOfAnotherModel() {
    assertThatThrownBy(() -> Exports.of(model(0, 1, 2, 3, 4, 5), plan(7, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("layer 0: ");
  }
}
