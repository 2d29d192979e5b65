package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.SearchSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** On {@link Anything}'s model: 2,920 parameters, 1,920 of them in blocks, a neuron has 24. */
class SizeOptionsTest {
  @Test
  void removesAShareOfTheBlocksAsItIsSaid() {
    assertThat(sparsity("--sparsity 0.3")).isEqualTo(0.3);
  }

  @ParameterizedTest
  @CsvSource({
    "--target-parameters 2500, 2500",
    "--target-parameters 2.3K, 2300",
    "--target-parameters 2920, 0",
    "--target-size 5000, 2500",
    "--target-size 4.5KiB, 2304"
  })
  void keepsNoMoreThanWhatMayStayAndLessThanANeuronLess(String option, long most) {
    if (most == 0) {
      assertRefused(
          option,
          "--target-parameters: nothing to remove: the dense model has 2,920 parameters, and 2,920 may stay");
      return;
    }
    Budget budget = new Budget(model(), sparsity(option));
    long kept = 1_000 + model().parameters(budget.uniform());
    assertThat(kept).isBetween(most - 23, most);
  }

  @ParameterizedTest
  @CsvSource({
    // 1,920 parameters in blocks and 1,000 others: in 2 and 2 bytes, 4 and 2, 2 and 4
    "F16, 5840, 5000, 1500",
    "F32, 9680, 8000, 1500",
    "BF16, 7840, 6500, 1250"
  })
  void bytesAreReckonedInTheTypesThatTheModelHas(
      StorageType blocks, long all, long most, long blockParameters) {
    double sparsity =
        parse("--target-size " + most).spec(new Anything().storing(all, Set.of(blocks))).sparsity();
    long kept = model().parameters(new Budget(model(), sparsity).uniform());
    assertThat(kept).isBetween(blockParameters - 23, blockParameters);
  }

  @Test
  void bytesThatDependOnWhichUnitsGoAreNoBudget() {
    Anything mixed = new Anything().storing(7_000, Set.of(StorageType.F32, StorageType.F16));
    assertThatThrownBy(() -> parse("--target-size 5000").spec(mixed))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "--target-size: the model stores some matrices of its decoder blocks in 4 bytes a parameter and others in 2");
    assertThat(parse("--target-parameters 2500").spec(mixed).sparsity()).isPositive();
  }

  @Test
  void removesAShareOfTheWholeModel() {
    Budget budget = new Budget(model(), sparsity("--model-sparsity 0.2"));
    long removed = model().blockParameters() - model().parameters(budget.uniform());
    assertThat((double) removed).isCloseTo(0.2 * 2_920, within(12.0));
  }

  @Test
  void saysWhatCanBeReached() {
    // One query head with its key-value head and one neuron a layer: 2 x (64 + 24) and the rest.
    assertRefused(
        "--target-parameters 1000",
        "--target-parameters: no plan has 1,000 parameters: the smallest plan has 1,176 parameters of the dense model's 2,920");
    assertRefused(
        "--target-size 1KiB",
        "--target-size: no plan has 512 parameters: the smallest plan has 1,176 parameters of the dense model's 2,920");
    assertRefused(
        "--model-sparsity 0.9",
        "--model-sparsity: no plan has 292 parameters: the smallest plan has 1,176 parameters of the dense model's 2,920");
    assertRefused("--model-sparsity 1", "--model-sparsity: sparsity out of (0, 1): 1.0");
  }

  @Test
  void takesOneWayToSayIt() {
    assertRefused(
        "--sparsity 0.3 --target-size 5000",
        "--sparsity, --target-size say how small the model is to be: give one of them");
    assertRefused(
        "--model-sparsity 0.3 --target-parameters 2500",
        "--model-sparsity, --target-parameters say how small the model is to be: give one of them");
    assertRefused("", "--sparsity is missing (sparsity in a spec)");
  }

  @Test
  void aTimeIsATargetOfItsOwn() {
    assertThat(parse("--target-latency 12ms").spec(new Anything()).latency())
        .containsExactly(new Target.Milliseconds(12, "cpu", 1, 1024));
    assertThat(parse("--target-latency 1.5s").spec(new Anything()).latency())
        .containsExactly(new Target.Milliseconds(1_500, "cpu", 1, 1024));
    SearchSpec share =
        parse(
                "--target-latency 80% --latency-device L40S --latency-sequences 4 --latency-tokens 64")
            .spec(new RemoteChecks());
    assertThat(share.latency()).containsExactly(new Target.TimeShare(0.8, "L40S", 4, 64));
    assertThat(share.sparsity()).isZero();
    assertThat(parse("--sparsity 0.3").spec(new Anything()).latency()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--target-latency 100%|the search: share of the dense model's time out of (0, 1): 1.0",
        "--target-latency 0ms|the search: milliseconds of a latency target are positive, not 0.0",
        "--target-latency 12ms --sparsity 0.3|--sparsity, --target-latency say how small the model is to be: give one of them",
        "--sparsity 0.3 --latency-device cpu|--latency-device, --latency-sequences and --latency-tokens say what --target-latency holds for: give that, too",
        "--target-latency 80% --space LAYERS|the search: latency needs a method whose space is BLOCKS: one rate for attention and MLP doesn't say what a layer takes",
        "--target-latency 80% --preset SMALL|the search: latency needs a method whose space is BLOCKS: one rate for attention and MLP doesn't say what a layer takes",
        "--target-latency 80% --latency-tokens 1|the search: sequences of a latency target have at least 2 tokens, not 1",
      })
  void refusesATimeThatNothingCanBeHeldTo(String options, String message) {
    assertRefused(options, message);
  }

  @Test
  void aTimeHoldsOnADevice() {
    assertThatThrownBy(() -> parse("--target-latency 12ms").spec(new RemoteChecks()))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "a latency budget holds on one kind of device, and with --no-workers that is elsewhere: name it with --latency-device, such as \"NVIDIA H100 80GB HBM3\" (nvidia-smi -L) or cpu");
    assertThatThrownBy(() -> new LatencyAmount.Converter().convert("12 parsecs"))
        .isInstanceOf(CommandLine.TypeConversionException.class)
        .hasMessage("'12 parsecs' is no time: give 12ms, 1.5s, or 80% of the dense model's");
  }

  @Test
  void hasToKnowTheModel() {
    assertThatThrownBy(() -> parse("--target-size 5000").spec(new RemoteChecks()))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "--target-size needs the model's sizes, and with --no-workers the model is elsewhere: give --sparsity");
  }

  private static PrunableModel model() {
    return new Anything().sizes(AttentionUnit.QUERY_HEAD).orElseThrow().prunable();
  }

  private static double sparsity(String options) {
    return parse(options).spec(new Anything()).sparsity();
  }

  private static void assertRefused(String options, String message) {
    assertThatThrownBy(() -> sparsity(options)).isInstanceOf(UserError.class).hasMessage(message);
  }

  private static SearchOptions parse(String given) {
    SearchOptions options = new SearchOptions();
    List<String> least = List.of("--model=/m", "--calibration-text=/c", "--test-text=/t");
    new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options))
        .parseArgs(Stream.concat(least.stream(), Words.of(given).stream()).toArray(String[]::new));
    return options;
  }
}
