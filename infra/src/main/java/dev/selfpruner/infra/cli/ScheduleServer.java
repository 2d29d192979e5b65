package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.TemporalClients;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.TemporalChoice;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.embedded.TemporalServers;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.client.schedules.ScheduleException;
import java.io.IOException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The server that keeps schedules: one that stays when the command has ended. */
final class ScheduleServer {
  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nTemporal:%n")
  private TemporalOptions temporal = new TemporalOptions();

  @Mixin private PayloadOptions payloads = new PayloadOptions();

  /** What a command does with schedules. */
  @FunctionalInterface
  interface Task {
    void run(ScheduleClient schedules) throws IOException;
  }

  boolean json() {
    return json;
  }

  /**
   * The keys that its payloads are encrypted with.
   *
   * @throws UserError if they can't be read
   */
  ScheduleKeys keys() {
    return new ScheduleKeys(payloads.keys(System.getenv()));
  }

  /**
   * Runs a task.
   *
   * @param id schedule that it is about, for messages
   * @throws UserError if the server refuses it
   */
  void run(Console console, String id, Task task) throws IOException {
    TemporalChoice choice = temporal.choice(System.getenv());
    if (!(choice instanceof TemporalChoice.Remote)) {
      throw new UserError(
          "a schedule needs a server that stays: --temporal-address, and workers for it (selfpruner worker gpu llm workflow)");
    }
    Home home = new Home(Home.defaultFolder().toAbsolutePath());
    try (TemporalServer server = new TemporalServers(home, console::note).open(choice)) {
      TemporalClients clients = payloads.clients(System.getenv());
      task.run(schedules(clients.client(server.stubs(), server.namespace())));
    } catch (ScheduleAlreadyRunningException e) {
      throw new UserError(
          "there is a schedule %s already: give another --id, or delete that one (selfpruner schedule delete %s)"
              .formatted(id, id),
          e);
    } catch (ScheduleException e) {
      throw refused(id, e);
    }
  }

  /** With the workflow client's connection, namespace and way to write payloads. */
  private static ScheduleClient schedules(WorkflowClient client) {
    return ScheduleClient.newInstance(
        client.getWorkflowServiceStubs(),
        ScheduleClientOptions.newBuilder()
            .setNamespace(client.getOptions().getNamespace())
            .setDataConverter(client.getOptions().getDataConverter())
            .build());
  }

  private static RuntimeException refused(String id, ScheduleException e) {
    if (e.getCause() instanceof StatusRuntimeException answer) {
      Status.Code code = answer.getStatus().getCode();
      if (code == Status.Code.NOT_FOUND) {
        return new UserError(
            "there is no schedule %s: selfpruner schedule list shows them".formatted(id), e);
      }
      if (code == Status.Code.INVALID_ARGUMENT) {
        return new UserError("the server refuses it: " + answer.getStatus().getDescription(), e);
      }
    }
    return e;
  }
}
