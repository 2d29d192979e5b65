package dev.selfpruner.infra.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** All commands under one name. */
public final class Commands {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

  @Command(
      name = "selfpruner",
      mixinStandardHelpOptions = true,
      version = "selfpruner 0.1.0",
      description =
          "Takes a LLaMA-family model and a target sparsity, searches for the pruning rate of every layer by evolution, and hands back a smaller model.",
      synopsisSubcommandLabel = "COMMAND",
      footer = {
        "",
        "State lies in the folder that SELFPRUNER_HOME names, or ~/.selfpruner.",
        "Exit status: 0 done, 1 failed, 2 what was asked for cannot be done."
      })
  private static final class Root {}

  private Commands() {}

  /** Runs one command and returns its exit status. */
  public static int run(Console console, String... arguments) {
    return commandLine(console)
        .execute(arguments.length == 0 ? new String[] {"--help"} : arguments);
  }

  static CommandLine commandLine(Console console) {
    CommandLine commands = new CommandLine(new Root());
    for (Object command :
        List.of(
            new DemoCommand(console),
            new SearchCommand(console),
            new CompareCommand(console),
            new EvaluateCommand(console),
            new PruneCommand(console),
            new BenchCommand(console),
            new InspectCommand(console),
            new ListCommand(console),
            new WatchCommand(console),
            new PauseCommand(console),
            new ResumeCommand(console),
            new StopCommand(console),
            new ExtendCommand(console),
            new InjectCommand(console),
            new GcCommand(console),
            new WorkerCommand(console),
            new DoctorCommand(console),
            new UiCommand(console),
            new CodecServerCommand(console),
            new TrainDemoCommand(console))) {
      commands.addSubcommand(finished(new CommandLine(command)));
    }
    commands.addSubcommand(finished(ScheduleCommand.of(console, Commands::finished)));
    return commands
        .setColorScheme(new ColorScheme.Builder(Ansi.OFF).build())
        .setOut(writer(console.out()))
        .setErr(writer(console.err()))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, ignored) -> badOptions(console, e))
        .setExecutionExceptionHandler((e, command, ignored) -> failure(console, e));
  }

  private static CommandLine finished(CommandLine command) {
    command
        .getCommandSpec()
        .addMixin("common", CommandSpec.forAnnotatedObject(new CommonOptions()));
    return command;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, UTF_8), true);
  }

  private static int badOptions(Console console, ParameterException e) {
    console.note("selfpruner: " + e.getMessage());
    console.note(
        "Options: %s --help".formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
    return ExitCodes.BAD_INPUT;
  }

  private static int failure(Console console, Exception e) {
    LOG.error("the command ends", e);
    boolean users = e instanceof UserError || e instanceof ModelFormatException;
    console.note("selfpruner: " + (users ? e.getMessage() : Failures.describe(e)));
    if (!users) {
      console.note("Details: %s".formatted(Home.defaultFolder().resolve("selfpruner.log")));
    }
    return users ? ExitCodes.BAD_INPUT : ExitCodes.FAILED;
  }
}
