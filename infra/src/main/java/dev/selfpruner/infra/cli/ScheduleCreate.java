package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.report.ScheduleReport;
import dev.selfpruner.workflows.SearchInput;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.SearchWorkflow;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleHandle;
import io.temporal.client.schedules.ScheduleOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code schedule create}. */
@Command(
    name = "create",
    sortOptions = false,
    header = "Search again and again.",
    description =
        "Every start is a run of its own, which finds what was evaluated before; of a model that changed, nothing is reused.")
final class ScheduleCreate implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--id",
      paramLabel = "NAME",
      required = true,
      description = "Names the schedule; its searches are named NAME-<time>.")
  private String id;

  @ArgGroup(exclusive = false, heading = "%nWhen:%n", order = -7)
  private TimingOptions timing = new TimingOptions();

  @ArgGroup(exclusive = false, heading = "%nWhat is searched:%n", order = -6)
  private SearchOptions search = new SearchOptions();

  @Option(
      names = "--no-workers",
      description =
          "Paths are those that workers elsewhere see; without it they are looked at here.")
  private boolean withoutWorkers;

  @ArgGroup(exclusive = false, heading = "%nArtifacts (for prompts of your own):%n")
  private StoreOptions store = new StoreOptions();

  @Mixin private ScheduleServer server = new ScheduleServer();

  ScheduleCreate(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Schedule schedule = schedule(spec());
    server.run(
        console,
        id,
        schedules -> {
          ScheduleHandle created =
              schedules.createSchedule(id, schedule, ScheduleOptions.newBuilder().build());
          ScheduleReport report = server.keys().report(created.describe());
          console.result(server.json() ? report.json() : report.text());
        });
    return ExitCodes.OK;
  }

  private SearchSpec spec() throws IOException {
    try (SpecChecks checks = withoutWorkers ? new RemoteChecks() : LocalChecks.ofFiles()) {
      SearchSpec spec = search.spec(checks);
      search.notes().forEach(console::note);
      SearchNotes.of(spec).forEach(console::note);
      checks.checkTexts(spec);
      if (!search.ownPrompts().isEmpty()) {
        Home home = Home.open(Home.defaultFolder());
        try (ArtifactStore opened = StoreOptions.open(store.location(home))) {
          OwnPrompts.keep(search.ownPrompts(), opened);
        }
      }
      return spec;
    }
  }

  private Schedule schedule(SearchSpec spec) {
    return Schedule.newBuilder()
        .setAction(
            ScheduleActionStartWorkflow.newBuilder()
                .setWorkflowType(SearchWorkflow.class)
                .setArguments(SearchInput.of(spec))
                .setOptions(
                    WorkflowOptions.newBuilder()
                        .setTaskQueue(TaskQueues.WORKFLOW)
                        .setWorkflowId(id)
                        .build())
                .build())
        .setSpec(timing.times())
        .setPolicy(timing.policy())
        .setState(timing.state())
        .build();
  }
}
