package dev.selfpruner.infra;

import dev.selfpruner.infra.cli.Commands;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The program: {@code selfpruner COMMAND OPTIONS}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT); // numbers are written as in the documentation, everywhere
    if (Arrays.asList(arguments).contains("--verbose")) {
      System.setProperty("selfpruner.console", "INFO"); // before the first logger: see logback.xml
    }
    option(arguments, "--log-format")
        .ifPresent(format -> System.setProperty("selfpruner.log-format", format));
    Console console =
        new Console(System.out, System.err, Integer.getInteger("selfpruner.columns", 0));
    System.exit(Commands.run(console, arguments));
  }

  /** As {@code --name value} or {@code --name=value}; the parser complains of what is wrong. */
  private static Optional<String> option(String[] arguments, String name) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(name + "=")) {
        return Optional.of(arguments[i].substring(name.length() + 1));
      }
      if (arguments[i].equals(name) && i + 1 < arguments.length) {
        return Optional.of(arguments[i + 1]);
      }
    }
    return Optional.empty();
  }
}
