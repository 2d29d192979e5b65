package dev.selfpruner.llm.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.Level;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.llm.testing.Models;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is measured of single blocks, and how it is read. */
class SingleBlocksTest {
  private static final PrunableModel MODEL = Models.small(2); // 8 heads and 512 neurons a layer
  private static final Probing PROBING = new Probing(3, 8, 8, 0.1, 0);
  private static final SingleBlocks BLOCKS =
      new SingleBlocks(MODEL, SearchSpace.BLOCKS, PROBING, 1);

  @Test
  void everyBlockOfTheDenseModelIsCutByItself() {
    List<Candidate> probes = BLOCKS.ofDense();

    assertThat(probes)
        .extracting(Candidate::id)
        .containsExactly(
            "dense",
            "i00-probe-l00-attention-07",
            "i00-probe-l00-attention-06",
            "i00-probe-l00-attention-05",
            "i00-probe-l00-attention-04",
            "i00-probe-l00-attention-03",
            "i00-probe-l00-attention-02",
            "i00-probe-l00-attention-01",
            "i00-probe-l00-mlp-384",
            "i00-probe-l00-mlp-256",
            "i00-probe-l00-mlp-128",
            "i00-probe-l01-attention-07",
            "i00-probe-l01-attention-06",
            "i00-probe-l01-attention-05",
            "i00-probe-l01-attention-04",
            "i00-probe-l01-attention-03",
            "i00-probe-l01-attention-02",
            "i00-probe-l01-attention-01",
            "i00-probe-l01-mlp-384",
            "i00-probe-l01-mlp-256",
            "i00-probe-l01-mlp-128");
    assertThat(probes.get(0).plan()).isEqualTo(MODEL.dense());
    assertThat(probes.get(0).rates().rates()).containsExactly(0.0, 0.0);
    Candidate mlp = probes.get(probes.size() - 1);
    assertThat(mlp.plan()).isEqualTo(plan(new LayerPlan(8, 512), new LayerPlan(8, 128)));
    assertThat(mlp.rates().rates().get(0)).isZero();
    assertThat(mlp.rates().rates().get(1))
        .isCloseTo(1.0 - layer().parameters(new LayerPlan(8, 128)) / (double) size(), within(1e-9));
    assertThat(mlp.lineage()).isEqualTo(new Lineage(0, Operator.PROBE, "built-in", List.of()));
  }

  @Test
  void unitsOfSeveralHeadsAreCountedAsUnitsAndNarrowMlpsToTheNeuron() {
    List<Integer> groups = List.of(0, 0, 1, 1);
    PrunableModel narrow =
        new PrunableModel(List.of(new PrunableLayer(64, 8, 172, groups, List.of(0, 1, 2, 3), 2)));

    assertThat(new SingleBlocks(narrow, SearchSpace.BLOCKS, PROBING, 1).ofDense())
        .extracting(Candidate::id, probe -> probe.plan().layers().get(0))
        .containsExactly(
            tuple("dense", new LayerPlan(4, 172)),
            tuple("i00-probe-l00-attention-01", new LayerPlan(2, 172)),
            tuple("i00-probe-l00-mlp-129", new LayerPlan(4, 129)),
            tuple("i00-probe-l00-mlp-86", new LayerPlan(4, 86)),
            tuple("i00-probe-l00-mlp-43", new LayerPlan(4, 43)));
  }

  @Test
  void whereOneRateCutsBothBlocksWholeLayersAreCutToRates() {
    List<Candidate> probes = new SingleBlocks(MODEL, SearchSpace.LAYERS, PROBING, 1).ofDense();

    assertThat(probes).hasSize(1 + 2 * 3);
    for (int level = 1; level <= 3; level++) {
      Candidate probe = probes.get(level);
      assertThat(probe.rates().rates().get(0))
          .isCloseTo(level / 4.0, within(0.6 * layer().neuronParameters() / size()));
      assertThat(probe.plan().layers().get(0).queryHeads()).isEqualTo(8 - 2 * level);
      assertThat(probe.id())
          .isEqualTo("i00-probe-l00-layer-" + layer().parameters(probe.plan().layers().get(0)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 4, 1, 48", // 10 % of 512, rounded to 16
    "2, 4, 1, 32", // 7.5 %, rounded down from 38.4
    "3, 4, 1, 32", // 5 %
    "4, 4, 1, 16", // 2.5 %, rounded up from 12.8
    "1, 1, 1, 48",
    "3, 1, 1, 48",
    "9, 4, 1, 16",
    "4, 4, 64, 64"
  })
  void anIndividualsNeighboursAreOneStepAwayWhichGetsFiner(
      int iteration, int descents, int widthMultiple, int step) {
    SingleBlocks blocks = new SingleBlocks(MODEL, SearchSpace.BLOCKS, PROBING, widthMultiple);
    Individual best = individual(new LayerPlan(8, 256), new LayerPlan(5, 512));

    List<Candidate> probes = blocks.around(best, iteration, descents);

    String i = "i0" + iteration + "-probe-";
    assertThat(probes)
        .extracting(Candidate::id)
        .containsExactly(
            "base",
            i + "l00-attention-07", // it has no more than 8
            i + "l00-mlp-" + (256 - step),
            i + "l00-mlp-" + (256 + step),
            i + "l01-attention-04",
            i + "l01-attention-06",
            i + "l01-mlp-" + (512 - step));
    assertThat(probes.get(0).plan()).isEqualTo(best.candidate().plan());
    assertThat(probes.get(0).rates()).isEqualTo(best.candidate().rates());
    assertThat(probes)
        .extracting(Candidate::lineage)
        .containsOnly(new Lineage(iteration, Operator.PROBE, "built-in", List.of("best")));
  }

  @Test
  void farDescentsMeasureAttentionAtDoublingDistances() {
    Probing far = new Probing(3, 8, 8, 0.1, 2);
    SingleBlocks blocks = new SingleBlocks(MODEL, SearchSpace.BLOCKS, far, 1);
    Individual best = individual(new LayerPlan(8, 512), new LayerPlan(2, 512));

    assertThat(attention(blocks.around(best, 2, 4)))
        .containsExactly(
            "l00-attention-04",
            "l00-attention-06",
            "l00-attention-07",
            "l01-attention-01",
            "l01-attention-03",
            "l01-attention-04",
            "l01-attention-06");
    assertThat(attention(blocks.around(best, 3, 4)))
        .containsExactly("l00-attention-07", "l01-attention-01", "l01-attention-03");
  }

  private static List<String> attention(List<Candidate> probes) {
    return probes.stream()
        .map(Candidate::id)
        .filter(id -> id.contains("attention"))
        .map(id -> id.substring("i00-probe-".length()))
        .toList();
  }

  @Test
  void readingsAreByHowFarTheyLieAboveTheBaseOfTheirBatch() {
    List<Candidate> probes = BLOCKS.ofDense();
    List<Readings.Batch> batches =
        List.of(
            batch(probes, 20.0, IntStream.range(1, 11).toArray()),
            batch(probes, 30.0, IntStream.range(11, 21).toArray()));

    Sensitivity sensitivity =
        Readings.of(batches, "dense", MODEL, SearchSpace.BLOCKS).sensitivity();

    double dense = Math.log(20.0);
    assertThat(sensitivity.dense()).isCloseTo(dense, within(1e-12));
    for (Sensitivity.Layer layer : sensitivity.layers()) {
      assertThat(layer.attention())
          .extracting(Level::kept)
          .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
      assertThat(layer.mlp()).extracting(Level::kept).containsExactly(128L, 256L, 384L);
      assertThat(layer.whole()).isEmpty();
    }
    assertThat(sensitivity.layers().get(0).mlp().get(0).loss() - dense)
        .as("probe 10")
        .isCloseTo(0.10, within(1e-9));
    assertThat(sensitivity.layers().get(1).mlp().get(0).loss() - dense)
        .as("probe 20, though its batch was measured as harder")
        .isCloseTo(0.20, within(1e-9));
  }

  @Test
  void aProbeWithoutANumberIsWorseThanAllThatHaveOne() {
    List<Candidate> probes = BLOCKS.ofDense();
    List<Fitness> fitness = new ArrayList<>(batch(probes, 20.0, 1, 2, 20).fitness());
    fitness.add(new Fitness(probes.get(7).id(), Double.POSITIVE_INFINITY, false));

    Sensitivity sensitivity =
        Readings.of(
                List.of(new Readings.Batch(new CandidateSet(probes), fitness)),
                "dense",
                MODEL,
                SearchSpace.BLOCKS)
            .sensitivity();

    assertThat(sensitivity.layers().get(0).attention().get(0).loss())
        .isCloseTo(Math.log(20.0) + 0.20 + 10.0, within(1e-9));
  }

  @Test
  void whatCantBeReadIsSaid() {
    List<Candidate> probes = BLOCKS.ofDense();
    CandidateSet set = new CandidateSet(probes);

    assertThatThrownBy(() -> read(List.of(), probes))
        .hasMessageStartingWith("probes without the candidate dense");
    assertThatThrownBy(
            () -> read(List.of(new Fitness("dense", Double.POSITIVE_INFINITY, false)), probes))
        .hasMessageStartingWith("the candidate dense, which probes are to be compared with, gives");
    assertThatThrownBy(() -> Readings.of(List.of(), "dense", MODEL, SearchSpace.BLOCKS))
        .hasMessage("no probes were measured");
    Candidate both =
        new Candidate(
            "both",
            probes.get(0).rates(),
            plan(new LayerPlan(7, 500), new LayerPlan(8, 512)),
            probes.get(0).lineage());
    assertThatThrownBy(
            () ->
                read(
                    List.of(new Fitness("dense", 20, false), new Fitness("both", 21, false)),
                    List.of(set.candidate("dense"), both)))
        .hasMessage("probe both changes attention and MLP of layer 0");
  }

  private static Readings read(List<Fitness> fitness, List<Candidate> candidates) {
    return Readings.of(
        List.of(new Readings.Batch(new CandidateSet(candidates), fitness)),
        "dense",
        MODEL,
        SearchSpace.BLOCKS);
  }

  /** Each costs a hundredth of a nat times its number. */
  private static Readings.Batch batch(List<Candidate> probes, double dense, int... numbers) {
    List<Fitness> fitness = new ArrayList<>(List.of(new Fitness("dense", dense, true)));
    for (int number : numbers) {
      fitness.add(new Fitness(probes.get(number).id(), dense * Math.exp(0.01 * number), false));
    }
    return new Readings.Batch(new CandidateSet(probes), fitness);
  }

  private static Individual individual(LayerPlan... layers) {
    PruningPlan plan = plan(layers);
    return new Individual(
        new Candidate(
            "best",
            Shares.removed(MODEL, plan),
            plan,
            new Lineage(0, Operator.INITIALISE, "test", List.of())),
        25.0);
  }

  private static PruningPlan plan(LayerPlan... layers) {
    return new PruningPlan(List.of(layers));
  }

  private static PrunableLayer layer() {
    return MODEL.layers().get(0);
  }

  private static long size() {
    return layer().parameters();
  }
}
