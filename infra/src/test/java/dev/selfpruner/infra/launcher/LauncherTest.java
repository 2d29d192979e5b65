package dev.selfpruner.infra.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a checkout of its own, with a Maven that only leaves a program behind and a Java
 * that only says what it was told.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final String JAVA =
      """
      #!/bin/sh
      if [ "$1" = -version ]; then
        echo 'openjdk version "%s" 2025-04-15' >&2
        exit 0
      fi
      echo "pid $$"
      for argument in "$@"; do echo "<$argument>"; done
      """;

  private static final String MAVEN =
      """
      #!/bin/sh
      echo "$PWD: $*" >>"%s"
      sleep 1
      %s
      mkdir -p infra/target/lib && echo built >infra/target/selfpruner.jar
      """;

  private static final List<String> SYSTEM_TOOLS =
      List.of(
          "sed",
          "head",
          "find",
          "dirname",
          "readlink",
          "mkdir",
          "mv",
          "rm",
          "sleep",
          "flock",
          "ln",
          "stty",
          "cut");

  @TempDir private Path folder;
  private Path checkout;
  private Path tools;
  private Path builds;

  private record Ran(int status, String out, String err, long pid) {}

  @BeforeEach
  void makeACheckout() throws IOException {
    checkout = Files.createDirectories(folder.resolve("a checkout")).toRealPath();
    Files.createDirectories(checkout.resolve("infra/src/main"));
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    Files.writeString(checkout.resolve("infra/pom.xml"), "<project/>");
    Files.copy(
        Path.of("selfpruner").toAbsolutePath(),
        checkout.resolve("infra/selfpruner"),
        StandardCopyOption.COPY_ATTRIBUTES);
    tools = Files.createDirectory(folder.resolve("tools"));
    builds = folder.resolve("builds");
    tool("java", JAVA.formatted("17.0.15"));
    tool("mvn", MAVEN.formatted(builds, ""));
  }

  @Test
  void buildsOnFirstUseAndThenOnlyRuns() throws Exception {
    Ran first = run(folder, "search", "--model", "a model");
    assertThat(first.err()).startsWith("selfpruner: first use, building (minutes").hasLineCount(1);
    assertThat(first.out())
        .endsWith(
            "<-jar>\n<%s/infra/target/selfpruner.jar>\n<search>\n<--model>\n<a model>\n"
                .formatted(checkout));
    Ran second = run(folder, "search");
    assertThat(second.err()).isEmpty();
    assertThat(Files.readString(builds))
        .isEqualTo(
            checkout
                + ": -q -B -f pom.xml -pl infra -am -DskipTests -Dspotless.check.skip=true package\n");
  }

  @Test
  void becomesTheProgramSoThatSignalsReachIt() throws Exception {
    run(folder);
    Ran ran = run(folder);
    assertThat(ran.out()).startsWith("pid " + ran.pid() + "\n");
  }

  @Test
  void isFoundThroughSymbolicLinks() throws Exception {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("far"), checkout.resolve("infra/selfpruner"));
    Files.createSymbolicLink(bin.resolve("selfpruner"), Path.of("far"));
    Ran ran = finish(start(bin.resolve("selfpruner"), folder));
    assertThat(ran.out()).contains("<%s/infra/target/selfpruner.jar>".formatted(checkout));
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    run(folder);
    Path source = Files.writeString(checkout.resolve("infra/src/main/Main.java"), "class Main {}");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(run(folder).err())
        .isEqualTo("selfpruner: sources have changed, building (about a minute) ...\n");
  }

  @Test
  void buildsOnceForTwoFirstUsesAtTheSameTime() throws Exception {
    List<Process> both = new ArrayList<>();
    both.add(start(checkout.resolve("infra/selfpruner"), folder, "one"));
    both.add(start(checkout.resolve("infra/selfpruner"), folder, "two"));
    for (Process process : both) {
      assertThat(finish(process).status()).isZero();
    }
    assertThat(Files.readString(builds)).hasLineCount(1);
  }

  @Test
  void buildsOnceForTwoFirstUsesWhereThereIsNoFlock() throws Exception {
    Files.deleteIfExists(systemTools().resolve("flock"));
    buildsOnceForTwoFirstUsesAtTheSameTime();
    assertThat(checkout.resolve("infra/target/.build-lock.pid")).doesNotExist();
  }

  @Test
  void doesNotTakeAFailedBuildForAFinishedOne() throws Exception {
    tool("mvn", MAVEN.formatted(builds, "echo 'no network' >&2; exit 1"));
    Ran failed = run(folder);
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err())
        .endsWith("no network\nselfpruner: the build failed: the lines above say why\n");
    tool("mvn", MAVEN.formatted(builds, ""));
    assertThat(run(folder).status()).isZero();
  }

  @Test
  void saysThatJavaIsTooOld() throws Exception {
    tool("java", JAVA.formatted("11.0.2"));
    assertThat(run(folder).err())
        .isEqualTo(
            "selfpruner: %s/java is Java 11: Java 17 or newer is needed; install it, or set JAVA_HOME\n"
                .formatted(tools));
    tool("java", JAVA.formatted("1.8.0_402"));
    assertThat(run(folder).err()).contains("is Java 8:");
  }

  @Test
  void saysThatMavenIsMissing() throws Exception {
    Files.delete(tools.resolve("mvn"));
    Ran ran = run(folder);
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err())
        .isEqualTo("selfpruner: no mvn found: building needs Maven 3.8.7 or newer on the PATH\n");
  }

  private Ran run(Path directory, String... arguments) throws Exception {
    return finish(start(checkout.resolve("infra/selfpruner"), directory, arguments));
  }

  private Process start(Path launcher, Path directory, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_HOME", "SELFPRUNER_JAVA_OPTS"));
    builder.environment().put("PATH", tools + ":" + systemTools());
    return builder.start();
  }

  /** The tools that the script needs, without whatever Java and Maven this machine has. */
  private Path systemTools() throws IOException {
    Path wrappers = folder.resolve("system");
    if (Files.exists(wrappers)) {
      return wrappers;
    }
    Files.createDirectory(wrappers);
    for (String name : SYSTEM_TOOLS) {
      for (String place : List.of("/bin", "/usr/bin")) {
        Path tool = Path.of(place, name);
        if (Files.isExecutable(tool)) {
          script(wrappers.resolve(name), "#!/bin/sh\nexec %s \"$@\"\n".formatted(tool));
        }
      }
    }
    return wrappers;
  }

  private static Ran finish(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends in time").isTrue();
    return new Ran(process.exitValue(), out, err, process.pid());
  }

  private void tool(String name, String script) throws IOException {
    script(tools.resolve(name), script);
  }

  private static void script(Path file, String content) throws IOException {
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
