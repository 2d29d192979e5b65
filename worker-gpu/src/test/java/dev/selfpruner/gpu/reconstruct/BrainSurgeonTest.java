package dev.selfpruner.gpu.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.NumericalException;
import dev.selfpruner.gpu.torch.Torch;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of removal, against inverting and fitting anew after every removal. */
class BrainSurgeonTest {
  private static final int OUTPUTS = 7;
  private static final Device CPU = Device.cpu();

  private final NDManager manager = NDManager.newBaseManager(CPU, Torch.ENGINE);

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void singleColumnsGoInTheOrderOfTheGrowingError(long seed) {
    Problem problem = Problem.random(seed, 23);
    List<Integer> expected = naive(problem, BrainSurgeon.DAMPING).order(singles(23), alone(23));

    for (int panel : new int[] {1, 2, 5, 22, 128}) {
      try (BrainSurgeon surgeon = BrainSurgeon.on(CPU, BrainSurgeon.DAMPING, panel)) {
        AtomicInteger steps = new AtomicInteger();
        assertThat(
                surgeon.columns(
                    problem.gram(manager), problem.weight(manager), steps::incrementAndGet))
            .containsExactly(ints(expected));
        assertThat(steps).hasValue(BrainSurgeon.steps(23, panel));
      }
    }
    // The problem is one where what is left has to make up for what went.
    assertThat(expected).isNotEqualTo(byDiagonal(problem));
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 7, 8})
  void unitsOfSeveralColumnsGoInTheOrderOfTheGrowingError(long seed) {
    Problem problem = Problem.random(seed, 24);
    List<int[]> heads = blocks(24, 4);
    try (BrainSurgeon surgeon = BrainSurgeon.on(CPU, 1e-2)) {
      assertThat(surgeon.units(problem.gram(manager), problem.weight(manager), heads, alone(6)))
          .containsExactly(ints(naive(problem, 1e-2).order(heads, alone(6))));
    }
  }

  @Test
  void columnsOfAUnitNeedNotBeNeighbours() {
    Problem problem = Problem.random(9, 24);
    List<int[]> units =
        IntStream.range(0, 4)
            .mapToObj(unit -> IntStream.range(0, 6).map(i -> (7 * (6 * unit + i)) % 24).toArray())
            .toList();
    try (BrainSurgeon surgeon = BrainSurgeon.on(CPU, 1e-2)) {
      assertThat(surgeon.units(problem.gram(manager), problem.weight(manager), units, alone(4)))
          .containsExactly(ints(naive(problem, 1e-2).order(units, alone(4))));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 11, 12})
  void noTeamLosesAUnitBeforeTheOthersHaveLostAsMany(long seed) {
    Problem problem = Problem.random(seed, 24);
    List<int[]> heads = blocks(24, 3);
    List<Integer> teams = List.of(0, 0, 1, 1, 0, 0, 1, 1);
    try (BrainSurgeon surgeon = BrainSurgeon.on(CPU, 1e-2)) {
      int[] order = surgeon.units(problem.gram(manager), problem.weight(manager), heads, teams);

      assertThat(order).containsExactly(ints(naive(problem, 1e-2).order(heads, teams)));
      for (int i = 0; i < order.length; i += 2) {
        assertThat(List.of(teams.get(order[i]), teams.get(order[i + 1])))
            .containsExactlyInAnyOrder(0, 1);
      }
    }
  }

  @Test
  void blocksOfOneColumnAndSingleColumnsAreTheSame() {
    Problem problem = Problem.random(13, 40);
    try (BrainSurgeon surgeon = BrainSurgeon.on(CPU, BrainSurgeon.DAMPING)) {
      assertThat(
              surgeon.units(problem.gram(manager), problem.weight(manager), singles(40), alone(40)))
          .isEqualTo(surgeon.columns(problem.gram(manager), problem.weight(manager), () -> {}));
    }
  }

  @Test
  void manyColumnsAreOrderedAlikeWhateverIsAppliedTogether() {
    int columns = 700;
    Problem problem = Problem.random(14, columns);
    try (BrainSurgeon one = BrainSurgeon.on(CPU, BrainSurgeon.DAMPING, 1);
        BrainSurgeon many = BrainSurgeon.on(CPU, BrainSurgeon.DAMPING)) {
      int[] order = many.columns(problem.gram(manager), problem.weight(manager), () -> {});

      assertThat(order)
          .isEqualTo(one.columns(problem.gram(manager), problem.weight(manager), () -> {}));
      assertThat(Arrays.stream(order).sorted())
          .containsExactlyElementsOf(IntStream.range(0, columns).boxed().toList());
    }
  }

  @Test
  void columnsThatNothingReadsGoFirst() {
    Problem problem = Problem.random(15, 12);
    for (double[] row : problem.weight) {
      row[3] = 0;
    }
    for (int i = 0; i < 12; i++) {
      problem.gram[3][i] = 0;
      problem.gram[i][3] = 0;
      problem.gram[8][i] = 0;
      problem.gram[i][8] = 0;
    }
    try (BrainSurgeon surgeon = BrainSurgeon.on(CPU, BrainSurgeon.DAMPING)) {
      int[] order = surgeon.columns(problem.gram(manager), problem.weight(manager), () -> {});

      assertThat(Arrays.copyOf(order, 2)).containsExactly(3, 8);
    }
  }

  @Test
  void aLayerWithoutAnyInputHasAnOrderToo() {
    try (BrainSurgeon surgeon = BrainSurgeon.on(CPU, BrainSurgeon.DAMPING)) {
      NDArray weight = manager.create(new float[] {3, 1, 2}, new Shape(1, 3));
      assertThat(surgeon.columns(manager.zeros(new Shape(3, 3)), weight, () -> {}))
          .containsExactly(1, 2, 0);
      assertThat(
              surgeon.columns(
                  manager.ones(new Shape(1, 1)), manager.ones(new Shape(2, 1)), () -> {}))
          .containsExactly(0);
    }
  }

  @Test
  void workIsEndedByItsStepsAndDampingIsPositive() {
    Problem problem = Problem.random(16, 12);
    try (BrainSurgeon surgeon = BrainSurgeon.on(CPU, BrainSurgeon.DAMPING, 2)) {
      AtomicInteger steps = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  surgeon.columns(
                      problem.gram(manager),
                      problem.weight(manager),
                      () -> {
                        if (steps.incrementAndGet() == 4) {
                          throw new CancellationException("not wanted any more");
                        }
                      }))
          .hasMessage("not wanted any more");
    }
    assertThatThrownBy(() -> BrainSurgeon.on(CPU, 0.0).close()).hasMessageContaining("damping");
  }

  @Test
  void whatGivesNoNumbersGivesNoOrder() {
    NDArray indefinite = manager.create(new float[] {1, 2, 2, 1}, new Shape(2, 2));
    NDArray ones = manager.ones(new Shape(1, 2));
    Problem damaged = Problem.random(17, 24);
    damaged.weight[2][5] = Double.NaN;
    NDArray gram = damaged.gram(manager);
    NDArray weight = damaged.weight(manager);
    try (BrainSurgeon surgeon = BrainSurgeon.on(CPU, BrainSurgeon.DAMPING, 4)) {
      assertNoOrder(() -> surgeon.columns(indefinite, ones, () -> {}));
      assertNoOrder(() -> surgeon.units(indefinite, ones, singles(2), alone(2)));
      assertNoOrder(() -> surgeon.columns(gram, weight, () -> {}));
      assertNoOrder(() -> surgeon.units(gram, weight, blocks(24, 4), alone(6)));
    }
  }

  private static void assertNoOrder(ThrowingCallable order) {
    assertThatThrownBy(order)
        .isInstanceOf(NumericalException.class)
        .hasMessageContaining("give no order of removal")
        .hasMessageContaining("--order wanda-sp");
  }

  private static NaiveSurgeon naive(Problem problem, double damping) {
    return new NaiveSurgeon(problem.gram, problem.weight, damping);
  }

  /** As if columns had nothing to do with each other. */
  private static List<Integer> byDiagonal(Problem problem) {
    double[][] alone = new double[problem.gram.length][problem.gram.length];
    for (int i = 0; i < alone.length; i++) {
      alone[i][i] = problem.gram[i][i];
    }
    return new NaiveSurgeon(alone, problem.weight, BrainSurgeon.DAMPING)
        .order(singles(alone.length), alone(alone.length));
  }

  private static List<int[]> singles(int columns) {
    return blocks(columns, 1);
  }

  private static List<int[]> blocks(int columns, int width) {
    return IntStream.range(0, columns / width)
        .mapToObj(unit -> IntStream.range(unit * width, (unit + 1) * width).toArray())
        .toList();
  }

  private static List<Integer> alone(int units) {
    return Collections.nCopies(units, 0);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Correlated inputs of different sizes, and a weight; numbers that float32 holds. */
  private static final class Problem {
    private final double[][] gram;
    private final double[][] weight;

    private Problem(double[][] gram, double[][] weight) {
      this.gram = gram;
      this.weight = weight;
    }

    static Problem random(long seed, int columns) {
      Random random = new Random(seed);
      double[][] mixing = gaussian(random, columns, columns / 2 + 1);
      double[] scale = random.doubles(columns, 0.2, 3).toArray();
      double[][] gram = new double[columns][columns];
      for (int sample = 0; sample < 3 * columns; sample++) {
        double[] hidden = gaussian(random, 1, columns / 2 + 1)[0];
        double[] x = new double[columns];
        for (int i = 0; i < columns; i++) {
          x[i] = 0.3 * random.nextGaussian();
          for (int j = 0; j < hidden.length; j++) {
            x[i] += mixing[i][j] * hidden[j] / Math.sqrt(hidden.length);
          }
          x[i] *= scale[i];
        }
        for (int i = 0; i < columns; i++) {
          for (int j = 0; j < columns; j++) {
            gram[i][j] += x[i] * x[j];
          }
        }
      }
      return new Problem(rounded(gram), rounded(gaussian(random, OUTPUTS, columns)));
    }

    NDArray gram(NDManager manager) {
      return array(manager, gram);
    }

    NDArray weight(NDManager manager) {
      return array(manager, weight);
    }

    private static double[][] gaussian(Random random, int rows, int columns) {
      double[][] matrix = new double[rows][columns];
      for (double[] row : matrix) {
        Arrays.setAll(row, i -> random.nextGaussian());
      }
      return matrix;
    }

    private static double[][] rounded(double[][] matrix) {
      for (double[] row : matrix) {
        Arrays.setAll(row, i -> (double) (float) row[i]);
      }
      return matrix;
    }

    private static NDArray array(NDManager manager, double[][] matrix) {
      float[] values = new float[matrix.length * matrix[0].length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) matrix[i / matrix[0].length][i % matrix[0].length];
      }
      return manager.create(values, new Shape(matrix.length, matrix[0].length));
    }
  }
}
