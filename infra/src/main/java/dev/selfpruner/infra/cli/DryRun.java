package dev.selfpruner.infra.cli;

import ai.djl.Device;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.bench.BenchResult.Row;
import dev.selfpruner.gpu.bench.BenchSettings;
import dev.selfpruner.gpu.bench.Benchmark;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.ComputeOptions.Sharing;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.llm.Forecaster;
import dev.selfpruner.infra.report.DryRunReport;
import dev.selfpruner.infra.report.DryRunReport.ModelSpeed;
import dev.selfpruner.infra.report.DryRunReport.ModelTokens;
import dev.selfpruner.infra.report.SearchEffort;
import dev.selfpruner.workflows.SearchSpec;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds out what a search is going to take: counts its texts' windows, writes its first prompts,
 * and runs a few windows through the model. Asks no LLM and starts no server.
 */
record DryRun(Console console, LocalModel model, ComputeOptions options) {
  /** Seconds of a small model's on a CPU; as few as a GPU is busy with. */
  private static final int CPU_TOKENS = 1 << 12;

  private static final int GPU_TOKENS = 1 << 15;

  DryRunReport of(SearchSpec spec) {
    long search = tokens(spec.searchText());
    boolean compared = spec.objective() instanceof Objective.Divergence;
    ModelTokens tokens =
        new ModelTokens(
            tokens(spec.calibrationText()), search, compared ? search : 0, tokens(spec.testText()));
    return new DryRunReport(
        spec,
        tokens,
        spec.method().stream().map(method -> effort(spec, method, tokens)).toList(),
        speed(spec, search),
        Forecaster.of(spec, model.prunable()).stream().toList());
  }

  private SearchEffort effort(SearchSpec spec, Method method, ModelTokens tokens) {
    return SearchEffort.of(
        spec,
        method,
        model.prunable(method.attentionUnit()),
        windows(spec.searchText()),
        method.heldOut().stream().mapToInt(this::windows).sum(),
        tokens.calibration());
  }

  private int windows(TextWindows text) {
    return model.read(text).windows().count();
  }

  private long tokens(TextWindows text) {
    return model.read(text).windows().tokens();
  }

  private ModelSpeed speed(SearchSpec spec, long searchTokens) {
    int length = spec.searchText().sequenceLength();
    boolean cpu = options.devices().contains(Device.cpu());
    long enough = Math.min(searchTokens, cpu ? CPU_TOKENS : GPU_TOKENS);
    int copies = options.sharing() == Sharing.CANDIDATES ? options.devices().size() : 1;
    BenchSettings settings =
        new BenchSettings(
            length,
            (int) Math.max(1, enough / length),
            spec.latency().isEmpty() ? List.of(0.0, spec.sparsity()) : List.of(0.0),
            copies,
            0.0,
            1);
    List<Row> rows =
        BadInput.refused(
            () ->
                Benchmark.speed(
                    model.directory().config(),
                    () -> LoadedModel.stored(model.directory(), options.numericType()),
                    BenchCommand.withoutDenseStates(options),
                    settings,
                    what -> console.note("dry run: " + what)));
    return new ModelSpeed(
        options.devices().stream().map(DryRun::name).collect(Collectors.joining(", ")),
        rows.get(0).tokensPerSecond(),
        rows.get(rows.size() - 1).tokensPerSecond());
  }

  private static String name(Device device) {
    return device.isGpu() ? "gpu" + device.getDeviceId() : "cpu";
  }
}
