package dev.selfpruner.infra.worker;

import io.grpc.StatusRuntimeException;
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
 * Which versions of workers a server gives new work to. One that can't be asked - an older one, one
 * that doesn't let us - is one without.
 *
 * @param stubs to the server; stay the caller's
 */
public record CurrentVersions(WorkflowServiceStubs stubs, String namespace) {
  private static final Logger LOG = LoggerFactory.getLogger(CurrentVersions.class);
  private static final int SECONDS = 5;

  /** Of a deployment, as {@code deployment:buildId}. */
  public Optional<String> ofDeployment(String deployment) {
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
                .getRoutingConfig()
                .getCurrentDeploymentVersion());
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
                .getCurrentDeploymentVersion());
  }

  private static Optional<String> asked(Supplier<WorkerDeploymentVersion> question) {
    try {
      WorkerDeploymentVersion version = question.get();
      return version.getBuildId().isEmpty()
          ? Optional.empty()
          : Optional.of(version.getDeploymentName() + ":" + version.getBuildId());
    } catch (StatusRuntimeException e) {
      LOG.info("the server doesn't say which version of workers is current: {}", e.getStatus());
      return Optional.empty();
    }
  }
}
