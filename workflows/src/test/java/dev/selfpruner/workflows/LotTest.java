package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LotTest {
  private static final Lot LOT =
      new Lot(
          new ArtifactRef("memory:0", "0".repeat(64), 0),
          IntStream.range(0, 130).mapToObj(i -> "p" + i).toList());

  @Test
  void everyPartOfProbesHoldsTheBaseThatTheyAreComparedWith() {
    List<Lot> parts = LOT.parts(64, "p7");

    assertThat(parts).extracting(part -> part.ids().size()).containsExactly(64, 64, 4);
    assertThat(parts)
        .allSatisfy(part -> assertThat(part.ids()).startsWith("p7").doesNotHaveDuplicates());
    assertThat(parts.stream().flatMap(part -> part.ids().stream()).distinct())
        .hasSize(130)
        .startsWith("p7", "p0", "p1");
  }

  @Test
  void partsAreInOrder() {
    assertThat(LOT.parts(50))
        .extracting(part -> part.ids().get(0))
        .containsExactly("p0", "p50", "p100");
    assertThat(LOT.only(Set.of("p3", "p1", "x")).ids()).containsExactly("p1", "p3");
    assertThat(LOT.only(Set.of()).parts(50)).isEmpty();
  }
}
