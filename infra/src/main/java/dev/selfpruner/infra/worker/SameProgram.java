package dev.selfpruner.infra.worker;

import dev.selfpruner.infra.Main;
import dev.selfpruner.infra.embedded.Home;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** This program once more, in another process: same Java, same options, same environment. */
public final class SameProgram {
  /** Java's options that hold a port or a file, which a second process cannot have too. */
  private static final List<String> NOT_REPEATED =
      List.of(
          "-agentlib:",
          "-agentpath:",
          "-javaagent:",
          "-Xdebug",
          "-Xrunjdwp",
          "-Xlog:",
          "-Xloggc:",
          "-XX:ArchiveClassesAtExit",
          "-XX:StartFlightRecording",
          "-Dcom.sun.management.",
          "-Dselfpruner.");

  private SameProgram() {}

  /**
   * The program with other arguments; standard error goes where standard output goes, the log too.
   *
   * @param home that it uses
   */
  public static ProcessBuilder with(Home home, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(repeated(ManagementFactory.getRuntimeMXBean().getInputArguments()));
    // Two processes must not roll one file: see logback.xml.
    command.addAll(List.of("-Dselfpruner.file=OFF", "-Dselfpruner.console=INFO"));
    command.addAll(program(System.getProperty("java.class.path")));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(Home.VARIABLE, home.folder().toString());
    // Its lines become messages of ours: JSON within JSON would be read by nobody.
    builder.environment().put("SELFPRUNER_LOG_FORMAT", "text");
    // The options that Java took from them are among those that are repeated.
    builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
    return builder;
  }

  static List<String> repeated(List<String> options) {
    return options.stream()
        .filter(option -> NOT_REPEATED.stream().noneMatch(option::startsWith))
        .toList();
  }

  /** A jar is started as one, so that what its manifest says of native access holds. */
  private static List<String> program(String classPath) {
    return classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)
        ? List.of("-jar", classPath)
        : List.of("-cp", classPath, Main.class.getName());
  }
}
