package dev.selfpruner.infra.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.selfpruner.infra.embedded.Home;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Java, the operating system, memory and disk. */
final class MachineChecks {
  private static final int OLDEST_JAVA = 17;

  /** Weights are outside the heap; this is for plans, gradients' sums and Temporal. */
  private static final long SMALL_HEAP = Gibibytes.GIB / 2;

  /** PyTorch alone takes one. */
  private static final long SMALL_MEMORY = 4 * Gibibytes.GIB;

  /** Less than PyTorch's library, Temporal's CLI and a small model take. */
  private static final long NO_DISK = Gibibytes.GIB;

  /** A pruned 7B model in float16, and what a search keeps. */
  private static final long SMALL_DISK = 16 * Gibibytes.GIB;

  /** Bytes that show that a disk isn't full. */
  private static final int PROBE = 1 << 16;

  private MachineChecks() {}

  static List<Finding> java(int version, String described, long maxHeap) {
    String found = "%s, heap of at most %s".formatted(described, Gibibytes.of(maxHeap));
    if (version < OLDEST_JAVA) {
      return List.of(
          Finding.problem(
              "java",
              found,
              "install Java %d or newer, or let JAVA_HOME name it".formatted(OLDEST_JAVA)));
    }
    return List.of(
        maxHeap < SMALL_HEAP
            ? Finding.note("java", found, "give it more: SELFPRUNER_JAVA_OPTS=-Xmx2g")
            : Finding.ok("java", found));
  }

  /** This machine's. */
  static List<Finding> java() {
    return java(
        Runtime.version().feature(),
        "%s (%s) in %s"
            .formatted(
                Runtime.version(),
                System.getProperty("java.vendor"),
                System.getProperty("java.home")),
        Runtime.getRuntime().maxMemory());
  }

  /**
   * @param system operating system and architecture, as DJL writes them
   * @param memory physical, in bytes
   */
  static List<Finding> system(Shipped shipped, String system, int cores, long memory) {
    String found = "%s, %d cores, %s of memory".formatted(system, cores, Gibibytes.of(memory));
    if (!system.equals(shipped.classifier())) {
      return List.of(
          Finding.problem(
              "machine",
              "%s; this build has PyTorch for %s".formatted(found, shipped.classifier()),
              "build it on a machine like the one that it runs on: Linux on x86_64 or aarch64, or macOS on aarch64"));
    }
    return List.of(
        memory < SMALL_MEMORY
            ? Finding.note(
                "machine",
                found,
                "use small models: a model's float32 weights and its hidden states have to fit")
            : Finding.ok("machine", found));
  }

  /** This machine's; in a container, memory is what the container may take. */
  static List<Finding> system(Shipped shipped) {
    var bean = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system(
        shipped,
        system(System.getProperty("os.name"), System.getProperty("os.arch")),
        Runtime.getRuntime().availableProcessors(),
        bean.getTotalMemorySize());
  }

  /** As DJL writes them, from what Java says. */
  static String system(String name, String architecture) {
    String lower = name.toLowerCase(Locale.ROOT);
    String prefix = lower.startsWith("mac") ? "osx" : lower.startsWith("windows") ? "win" : "linux";
    return prefix + "-" + (architecture.equals("amd64") ? "x86_64" : architecture);
  }

  /** Where Java puts temporary files, into which libraries unpack what they load. */
  static List<Finding> temporary(Path folder) {
    String check = "temporary folder";
    try {
      Path probe = Files.createTempFile(folder, "selfpruner", ".probe");
      try {
        Path unused = Files.write(probe, new byte[PROBE]);
      } finally {
        Files.delete(probe);
      }
      return List.of(Finding.ok(check, folder.toString()));
    } catch (IOException e) {
      return List.of(
          Finding.problem(
              check,
              "cannot write to %s: %s".formatted(folder, e),
              "make room or give this user access, or name another: SELFPRUNER_JAVA_OPTS=-Djava.io.tmpdir=DIR"));
    }
  }

  /** The home folder, which is made if it isn't there. */
  static List<Finding> home(Path folder) throws IOException {
    Home home = Home.open(folder);
    return home(home, Files.getFileStore(home.folder()).getUsableSpace());
  }

  /**
   * @param free bytes that may be written
   */
  static List<Finding> home(Home home, long free) {
    String found = "%s, %s free".formatted(home.folder(), Gibibytes.of(free));
    String advice = "make room, or let %s name a folder on a larger disk".formatted(Home.VARIABLE);
    if (free < NO_DISK) {
      return List.of(Finding.problem("home folder", found, advice));
    }
    return List.of(
        free < SMALL_DISK
            ? Finding.note("home folder", found + ": little for large models", advice)
            : Finding.ok("home folder", found));
  }
}
