package dev.selfpruner.infra.doctor;

import dev.selfpruner.infra.doctor.TorchReport.DeviceReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a trial of PyTorch says: which library it is, and whether it computes. */
final class TorchChecks {
  private static final String CHECK = "pytorch";

  private TorchChecks() {}

  static List<Finding> look(TorchTrial trial, Map<String, String> environment, Shipped shipped)
      throws IOException {
    if (trial instanceof TorchTrial.Failed failed) {
      return List.of(
          Finding.problem(
              CHECK, "cannot be loaded: " + failed.why(), advice(failed.why(), environment)));
    }
    TorchReport report = ((TorchTrial.Loaded) trial).report();
    List<Finding> findings = new ArrayList<>();
    findings.add(library(report, environment, shipped));
    report.devices().stream().map(TorchChecks::device).forEach(findings::add);
    return findings;
  }

  private static String advice(String why, Map<String, String> environment) {
    if (!environment.containsKey(LibraryFolder.PATH)
        && !environment.containsKey(LibraryFolder.VERSION)) {
      return "make sure that there is room for 500 MB in .djl.ai in the user's folder, or in the folder that DJL_CACHE_DIR names, then remove what is in it: it is unpacked again";
    }
    String back =
        "to use the library that comes with us, unset %s, %s and %s"
            .formatted(LibraryFolder.PATH, LibraryFolder.VERSION, LibraryFolder.FLAVOR);
    if (why.contains("libcuda.so")) {
      return "a library for CUDA needs NVIDIA's driver: install it\n" + back;
    }
    return why.contains("cannot open shared object file")
        ? "name the folder that has this file in LD_LIBRARY_PATH, see 'GPUs' in infra/README.md\n"
            + back
        : back;
  }

  private static Finding library(
      TorchReport report, Map<String, String> environment, Shipped shipped) throws IOException {
    Path folder = Path.of(report.folder());
    String version = LibraryFolder.version(folder).orElse(report.version());
    String found =
        "%s (%s) in %s, DJL %s"
            .formatted(version, flavor(folder, environment), folder, report.djl());
    boolean fits = shipped.fits(version) && report.djl().equals(shipped.djl());
    return fits
        ? Finding.ok(CHECK, found)
        : Finding.problem(
            CHECK,
            "%s; what comes with us is %s and DJL %s"
                .formatted(found, shipped.pytorch(), shipped.djl()),
            "use PyTorch %s, or unset %s".formatted(shipped.pytorch(), LibraryFolder.PATH));
  }

  private static String flavor(Path folder, Map<String, String> environment) {
    return LibraryFolder.hasCuda(folder)
        ? environment.getOrDefault(LibraryFolder.FLAVOR, "CUDA")
        : "cpu";
  }

  private static Finding device(DeviceReport device) {
    return device.works()
        ? Finding.ok(device.device(), device.detail())
        : Finding.problem(
            device.device(),
            device.detail(),
            "leave it out with --devices; look at the driver, and at what else runs on it");
  }
}
