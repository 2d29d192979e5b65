package dev.selfpruner.infra.cli;

import ai.djl.Device;
import ai.djl.engine.Engine;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.ComputeOptions.Sharing;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.torch.DeviceName;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.infra.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** What computes, and how much memory it may take. */
final class ComputeFlags {
  private static final Pattern GPU = Pattern.compile("gpu(\\d{1,3})?");

  @Option(
      names = "--devices",
      paramLabel = "NAME",
      split = ",",
      description =
          "cpu, or GPUs of this host: gpu0,gpu1 (default: gpu0 where there is one, else cpu).")
  private List<String> devices = List.of();

  @Option(
      names = "--sharing",
      paramLabel = "WHAT",
      defaultValue = "CANDIDATES",
      description =
          "What several devices share: candidates (each has the whole model; the default) or layers (for a model that one alone does not hold).")
  private Sharing sharing;

  @Option(
      names = "--device-memory",
      paramLabel = "SIZE",
      converter = MemorySize.class,
      description =
          "Memory on each device, such as 24GiB (default: most of what is free). A model that is larger is streamed layer by layer; numbers stay the same.")
  private Long deviceMemory;

  @Option(
      names = "--host-memory",
      paramLabel = "SIZE",
      converter = MemorySize.class,
      description =
          "Memory of the host for hidden states that a device has no room for (default: 30 %% of it).")
  private Long hostMemory;

  @Option(
      names = "--dense-states",
      paramLabel = "SIZE",
      converter = MemorySize.class,
      description =
          "Memory of the host for the dense model's hidden states, which candidates that leave the first layers whole start from (default: 15 %% of it; 0 for none).")
  private Long denseStates;

  @Option(
      names = "--numeric-type",
      paramLabel = "TYPE",
      description =
          "float32, float16 or bfloat16 (default: float32 on a CPU, float16 elsewhere). Part of what a number depends on.")
  private NumericType numericType;

  @Option(
      names = "--windows-per-chunk",
      paramLabel = "N",
      description =
          "Windows that go through the model together (default: 1,024 tokens in float32, 4,096 else). Part of what a number depends on, in its last bits.")
  private Integer windowsPerChunk;

  /**
   * Looks at the options without measuring a device, which would take some of its memory.
   *
   * @throws UserError if they name a device that this machine lacks
   */
  void check() {
    Device cpu = Device.cpu();
    var unused = options(devices.isEmpty() ? List.of(cpu) : named(), MemoryBudget.of(cpu));
  }

  /**
   * What the options say of this machine.
   *
   * @throws UserError if they name a device that it lacks
   */
  ComputeOptions options() {
    List<Device> named = devices();
    return options(named, MemoryBudget.of(named.get(0)));
  }

  /**
   * Name of the first device, which all others are like.
   *
   * @throws UserError if the options name a device that this machine lacks, or its driver doesn't
   *     say
   */
  String deviceName() {
    try {
      return DeviceName.of(devices().get(0));
    } catch (IllegalStateException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private List<Device> devices() {
    return devices.isEmpty() ? List.of(Engine.getEngine(Torch.ENGINE).defaultDevice()) : named();
  }

  private ComputeOptions options(List<Device> named, MemoryBudget whole) {
    return BadInput.refused(
        () ->
            new ComputeOptions(
                named,
                sharing,
                numericType == null ? NumericType.of(named.get(0)) : numericType,
                new MemoryBudget(
                    deviceMemory == null ? whole.device() : deviceMemory,
                    hostMemory == null ? whole.host() : hostMemory,
                    denseStates == null ? whole.denseStates() : denseStates),
                windowsPerChunk == null ? OptionalInt.empty() : OptionalInt.of(windowsPerChunk)));
  }

  private List<Device> named() {
    List<Device> named = new ArrayList<>();
    for (String name : devices) {
      Matcher gpu = GPU.matcher(name);
      if (name.equals("cpu")) {
        named.add(Device.cpu());
      } else if (gpu.matches()) {
        int id = gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1));
        int there = Engine.getEngine(Torch.ENGINE).getGpuCount();
        if (id >= there) {
          throw new UserError(
              "there is no %s: the PyTorch library sees %d GPUs ('selfpruner doctor' says why)"
                  .formatted(name, there));
        }
        named.add(Device.gpu(id));
      } else {
        throw new UserError("no device is called '%s': give cpu, gpu0, gpu1, ...".formatted(name));
      }
    }
    if (named.stream().map(Device::isGpu).distinct().count() > 1) {
      throw new UserError("--devices mixes the CPU with GPUs: give one or the other");
    }
    return named;
  }
}
