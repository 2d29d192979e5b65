package dev.selfpruner.infra.worker;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.deployment.v1.RoutingConfig;
import io.temporal.api.deployment.v1.WorkerDeploymentVersion;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which versions of workers a server gives new work to. An older server, or one that doesn't let us
 * ask, doesn't say.
 *
 * @param stubs to the server; stay the caller's
 */
public record CurrentVersions(WorkflowServiceStubs stubs, String namespace) {
  private static final Logger LOG = LoggerFactory.getLogger(CurrentVersions.class);
  private static final int SECONDS = 5;

  /**
   * Where a deployment's new work goes, each as {@code deployment:buildId}, or empty.
   *
   * @param current the version that gets it
   * @param ramping the version that gets a share of it
   */
  public record Routing(Optional<String> current, Optional<String> ramping) {}

  /** Of a deployment; empty where the server doesn't say. */
  public Optional<Routing> ofDeployment(String deployment) {
    return asked(
            () ->
                stubs
                    .blockingStub()
                    .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                    .describeWorkerDeployment(
                        DescribeWorkerDeploymentRequest.newBuilder()
                            .setNamespace(namespace)
                            .setDeploymentName(deployment)
                            .build())
                    .getWorkerDeploymentInfo()
                    .getRoutingConfig(),
            RoutingConfig.getDefaultInstance())
        .map(
            routing ->
                new Routing(
                    named(routing.getCurrentDeploymentVersion()),
                    named(routing.getRampingDeploymentVersion())));
  }

  /** Of the workers that a queue's workflows go to, as {@code deployment:buildId}. */
  public Optional<String> ofWorkflows(String taskQueue) {
    return asked(
            () ->
                stubs
                    .blockingStub()
                    .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                    .describeTaskQueue(
                        DescribeTaskQueueRequest.newBuilder()
                            .setNamespace(namespace)
                            .setTaskQueue(TaskQueue.newBuilder().setName(taskQueue))
                            .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
                            .build())
                    .getVersioningInfo()
                    .getCurrentDeploymentVersion(),
            WorkerDeploymentVersion.getDefaultInstance())
        .flatMap(CurrentVersions::named);
  }

  private static Optional<String> named(WorkerDeploymentVersion version) {
    return version.getBuildId().isEmpty()
        ? Optional.empty()
        : Optional.of(version.getDeploymentName() + ":" + version.getBuildId());
  }

  private static <T> Optional<T> asked(Supplier<T> question, T ifUnknown) {
    try {
      return Optional.of(question.get());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.of(ifUnknown);
      }
      LOG.info("the server doesn't say which version of workers is current: {}", e.getStatus());
      return Optional.empty();
    }
  }
}
