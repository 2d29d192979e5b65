package dev.selfpruner.infra.doctor;

import dev.selfpruner.infra.doctor.Finding.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whether what this machine has of GPUs is what PyTorch sees. */
final class GpuChecks {
  private static final String CHECK = "gpus";
  private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

  private GpuChecks() {}

  static List<Finding> look(
      NvidiaSmi driver, TorchTrial trial, Map<String, String> environment, Shipped shipped) {
    if (driver instanceof NvidiaSmi.Listed listed) {
      List<Finding> findings = new ArrayList<>();
      findings.add(seen(listed.gpus(), trial, environment, shipped));
      findings.add(driver(listed.gpus().get(0).driver(), usesCuda(trial)));
      return findings;
    }
    int seen = trial instanceof TorchTrial.Loaded loaded ? loaded.report().gpus() : 0;
    if (seen > 0) {
      return List.of(
          Finding.ok(CHECK, "PyTorch sees %d; nothing more is known about them".formatted(seen)));
    }
    if (driver instanceof NvidiaSmi.Failed failed) {
      return List.of(
          Finding.problem(
              CHECK,
              failed.why(),
              "until nvidia-smi lists GPUs, only the CPU computes: install NVIDIA's driver again, or give the container its GPUs"));
    }
    return List.of(
        Finding.note(
            CHECK,
            "none: nvidia-smi is not on the PATH",
            "nothing, where the CPU is to compute; where there is an NVIDIA GPU, install its driver"));
  }

  private static Finding seen(
      List<Gpu> gpus, TorchTrial trial, Map<String, String> environment, Shipped shipped) {
    String machine =
        gpus.stream()
            .map(gpu -> "%d: %s".formatted(gpu.index(), gpu.describe()))
            .collect(Collectors.joining(", "));
    if (!(trial instanceof TorchTrial.Loaded loaded)) {
      return Finding.note(
          CHECK, machine + "; PyTorch cannot be loaded", "see the row about PyTorch");
    }
    TorchReport report = loaded.report();
    String found = "%s; PyTorch sees %d".formatted(machine, report.gpus());
    if (report.gpus() >= gpus.size()) {
      return Finding.ok(CHECK, found);
    }
    if (!LibraryFolder.hasCuda(Path.of(report.folder()))) {
      return cpuLibrary(found + ", since it is the CPU library", environment, shipped);
    }
    if (environment.containsKey(VISIBLE)) {
      return Finding.note(
          CHECK,
          "%s, since %s is '%s'".formatted(found, VISIBLE, environment.get(VISIBLE)),
          "unset it to use all of them");
    }
    return report.gpus() > 0
        ? Finding.note(CHECK, found, "look at nvidia-smi: one may be out of order")
        : Finding.problem(
            CHECK,
            found,
            "see the row about the driver; a container has to be given the GPUs, with /dev/nvidia0 and its like");
  }

  private static Finding cpuLibrary(
      String found, Map<String, String> environment, Shipped shipped) {
    if (!shipped.knowsCuda()) {
      return Finding.note(
          CHECK,
          found,
          "GPUs are used on Linux on x86_64 only: DJL has no native interface for CUDA on "
              + shipped.classifier());
    }
    boolean wanted = environment.getOrDefault(LibraryFolder.FLAVOR, "").startsWith("cu");
    return wanted
        ? Finding.problem(CHECK, found, setUp(shipped))
        : Finding.note(CHECK, found, setUp(shipped));
  }

  private static String setUp(Shipped shipped) {
    return """
        to compute on GPUs, let DJL load PyTorch from a Python package (2 GB and more; Linux on x86_64):
          python3 -m venv VENV && VENV/bin/pip install torch==%s
          site=$(echo VENV/lib/python3.*/site-packages)
          export PYTORCH_LIBRARY_PATH=$site/torch/lib PYTORCH_VERSION=%s PYTORCH_FLAVOR=%s
          export LD_LIBRARY_PATH=$(echo $site/nvidia/*/lib $site/cusparselt/lib | tr ' ' :)
        we have loaded this set-up and computed on a CPU with it; we have not run it on a GPU"""
        .formatted(shipped.pytorch(), shipped.pytorch(), Shipped.CUDA_FLAVOR);
  }

  private static boolean usesCuda(TorchTrial trial) {
    return trial instanceof TorchTrial.Loaded loaded
        && LibraryFolder.hasCuda(Path.of(loaded.report().folder()));
  }

  private static Finding driver(DriverVersion driver, boolean used) {
    if (driver.compareTo(DriverVersion.OLDEST) < 0) {
      return new Finding(
          "driver",
          used ? Status.PROBLEM : Status.NOTE,
          "%s: CUDA 12 needs %s or newer".formatted(driver, DriverVersion.OLDEST),
          "to use GPUs, install %s or newer, which CUDA 12.8 came with"
              .formatted(DriverVersion.FULL));
    }
    if (driver.compareTo(DriverVersion.FULL) < 0) {
      return Finding.note(
          "driver",
          "%s: runs CUDA 12 (%s or newer), but is older than the %s that CUDA 12.8 came with"
              .formatted(driver, DriverVersion.OLDEST, DriverVersion.FULL),
          "try it: minor-version compatibility covers what selfpruner uses; a GPU newer than the library needs %s or newer"
              .formatted(DriverVersion.FULL));
    }
    return Finding.ok(
        "driver",
        "%s: %s or newer has all that CUDA 12.8 has".formatted(driver, DriverVersion.FULL));
  }
}
