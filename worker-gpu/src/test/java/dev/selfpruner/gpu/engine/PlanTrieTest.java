package dev.selfpruner.gpu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.engine.PlanTrie.Attention;
import dev.selfpruner.gpu.engine.PlanTrie.Mlp;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTrieTest {
  private static final PruningPlan DENSE = plan("8:100", "8:100", "8:100");

  @Test
  void plansThatBeginAlikeShareWhatTheyBeginWith() {
    PlanTrie trie =
        trie(
            plan("8:100", "6:80", "8:100"),
            plan("8:100", "6:80", "5:60"),
            plan("8:100", "4:80", "8:100"));

    assertThat(trie.level(0).nodes()).isEqualTo(1);
    assertThat(trie.level(1).nodes()).isEqualTo(2);
    assertThat(trie.level(2).nodes()).isEqualTo(3);
    assertThat(trie.widest()).isEqualTo(3);
    assertThat(List.of(trie.leaf(0), trie.leaf(1), trie.leaf(2))).containsExactly(0, 1, 2);
    // one layer for all, two for the second layer, three for the third: two blocks each
    assertThat(trie.blocks(0)).isEqualTo(2 * (1 + 2 + 3));
    assertThat(trie.blocks(2)).isEqualTo(2 * 3);
  }

  @Test
  void plansThatDifferInNeuronsAloneShareTheAttentionBeforeThem() {
    PlanTrie trie = trie(plan("8:100", "6:80", "8:100"), plan("8:100", "6:81", "8:100"));

    assertThat(trie.level(1).steps())
        .containsExactly(List.of(new Attention(6, List.of(new Mlp(80, 0), new Mlp(81, 1)))));
    assertThat(trie.blocks(1)).isEqualTo(3 + 4);
  }

  @Test
  void equalPlansAreOneLeaf() {
    PlanTrie trie = trie(DENSE, plan("8:100", "8:100", "7:9"), DENSE);

    assertThat(trie.leaves()).isEqualTo(2);
    assertThat(trie.leaf(2)).isEqualTo(trie.leaf(0)).isNotEqualTo(trie.leaf(1));
  }

  @Test
  void knowsWhatIsWholeSoFar() {
    PlanTrie trie = trie(plan("8:100", "8:99", "8:100"), plan("8:100", "8:100", "1:1"));

    assertThat(trie.commonDensePrefix()).isEqualTo(1);
    assertThat(trie.level(0).dense()).isEqualTo(0);
    assertThat(trie.level(1).dense()).isEqualTo(1);
    assertThat(trie.level(2).dense()).isEqualTo(-1);
    assertThat(trie(plan("7:100", "8:100", "8:100")).commonDensePrefix()).isZero();
    assertThat(trie(DENSE).commonDensePrefix()).isEqualTo(3);
  }

  private static PlanTrie trie(PruningPlan... plans) {
    return PlanTrie.of(List.of(plans), DENSE);
  }

  private static PruningPlan plan(String... layers) {
    return new PruningPlan(
        Arrays.stream(layers)
            .map(layer -> layer.split(":"))
            .map(kept -> new LayerPlan(Integer.parseInt(kept[0]), Integer.parseInt(kept[1])))
            .toList());
  }
}
