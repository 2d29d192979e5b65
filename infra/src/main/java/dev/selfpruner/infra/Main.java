package dev.selfpruner.infra;

import dev.selfpruner.infra.cli.Commands;
import java.util.Arrays;

/** The program: {@code selfpruner COMMAND OPTIONS}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    if (Arrays.asList(arguments).contains("--verbose")) {
      System.setProperty("selfpruner.console", "INFO"); // before the first logger: see logback.xml
    }
    Console console =
        new Console(System.out, System.err, Integer.getInteger("selfpruner.columns", 0));
    System.exit(Commands.run(console, arguments));
  }
}
