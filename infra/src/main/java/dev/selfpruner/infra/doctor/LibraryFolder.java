package dev.selfpruner.infra.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The PyTorch library that the environment names in the place of the one that comes with us. */
final class LibraryFolder {
  static final String PATH = "PYTORCH_LIBRARY_PATH";
  static final String VERSION = "PYTORCH_VERSION";
  static final String FLAVOR = "PYTORCH_FLAVOR";
  private static final String CHECK = "library path";
  private static final Pattern IN_PYTHON = Pattern.compile("__version__\\s*=\\s*'([^']+)'");

  private LibraryFolder() {}

  /**
   * The folder that DJL takes: the first of those named that has the library.
   *
   * @param environment that may name folders
   */
  static Optional<Path> of(Map<String, String> environment) {
    return named(environment).filter(folder -> has(folder, "torch")).findFirst();
  }

  /** Whether a folder holds PyTorch with CUDA. */
  static boolean hasCuda(Path folder) {
    return has(folder, "torch_cuda");
  }

  /** What a folder's PyTorch says of itself, such as {@code 2.7.1+cu126}. */
  static Optional<String> version(Path folder) throws IOException {
    Path above = folder.toAbsolutePath().normalize().getParent();
    if (above == null) {
      return Optional.empty();
    }
    Path python = above.resolve("version.py"); // the Python package
    if (Files.isRegularFile(python)) {
      Matcher version = IN_PYTHON.matcher(Files.readString(python));
      return version.find() ? Optional.of(version.group(1)) : Optional.empty();
    }
    Path plain = above.resolve("build-version"); // the archive for C++
    return Files.isRegularFile(plain)
        ? Optional.of(Files.readString(plain).strip())
        : Optional.empty();
  }

  /** Nothing where the environment names no library. */
  static List<Finding> look(Map<String, String> environment, Shipped shipped) throws IOException {
    if (named(environment).findAny().isEmpty()) {
      return List.of();
    }
    Optional<Path> taken = of(environment);
    if (taken.isEmpty()) {
      return List.of(missing(environment));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(version(taken.get(), shipped));
    findings.addAll(settings(environment, taken.get(), shipped));
    return findings;
  }

  private static Finding missing(Map<String, String> environment) {
    boolean exists = named(environment).anyMatch(Files::isDirectory);
    return Finding.problem(
        CHECK,
        "%s is %s, %s: the library that comes with us is used"
            .formatted(
                PATH,
                environment.get(PATH),
                exists ? "without a " + System.mapLibraryName("torch") : "which is not there"),
        "let it name the folder torch/lib of a Python package, or unset it");
  }

  private static Finding version(Path folder, Shipped shipped) throws IOException {
    Optional<String> version = version(folder);
    if (version.isEmpty()) {
      return Finding.note(
          CHECK,
          "%s, PyTorch of an unknown version".formatted(folder),
          "make sure that it is %s: another version's C++ interface differs, and loading or using it fails"
              .formatted(shipped.pytorch()));
    }
    String found = "%s, PyTorch %s".formatted(folder, version.get());
    return shipped.fits(version.get())
        ? Finding.ok(CHECK, found)
        : Finding.problem(
            CHECK,
            "%s; DJL's native interface was built against %s".formatted(found, shipped.pytorch()),
            "install torch==%s there: another version's C++ interface (ABI) differs, so that loading it fails, or using it ends the process"
                .formatted(shipped.pytorch()));
  }

  private static List<Finding> settings(
      Map<String, String> environment, Path folder, Shipped shipped) {
    List<Finding> findings = new ArrayList<>();
    String version = environment.getOrDefault(VERSION, "");
    if (!version.isEmpty() && !version.equals(shipped.pytorch())) {
      findings.add(
          Finding.problem(
              VERSION,
              "'%s': no native interface for it comes with us".formatted(version),
              "set it to %s".formatted(shipped.pytorch())));
    }
    String wanted = hasCuda(folder) ? Shipped.CUDA_FLAVOR : "cpu";
    String flavor = environment.getOrDefault(FLAVOR, "");
    if (!shipped.flavors().contains(wanted)) {
      findings.add(
          Finding.problem(
              FLAVOR,
              "the library is one for CUDA; no native interface for it on %s comes with us"
                  .formatted(shipped.classifier()),
              "use GPUs on Linux on x86_64, or unset " + PATH));
    } else if (!flavor.equals(wanted)) {
      findings.add(
          Finding.problem(
              FLAVOR,
              "%s, with a library for %s"
                  .formatted(
                      flavor.isEmpty() ? "not set" : "'" + flavor + "'",
                      hasCuda(folder) ? "CUDA" : "CPUs"),
              "set it to " + wanted));
    }
    return findings;
  }

  private static Stream<Path> named(Map<String, String> environment) {
    return Stream.of(environment.getOrDefault(PATH, "").split(Pattern.quote(File.pathSeparator)))
        .filter(folder -> !folder.isBlank())
        .map(Path::of);
  }

  private static boolean has(Path folder, String library) {
    return Files.isRegularFile(folder.resolve(System.mapLibraryName(library)));
  }
}
