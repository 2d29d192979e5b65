package dev.selfpruner.infra.tracing;

import dev.selfpruner.infra.worker.WorkerListener;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import java.util.List;

/** Who follows a search through this process: into its clients of Temporal, and its workers. */
public interface Tracing extends AutoCloseable {
  /** Follows nothing. */
  Tracing OFF =
      new Tracing() {
        @Override
        public List<WorkflowClientInterceptor> clients() {
          return List.of();
        }

        @Override
        public WorkerListener workers() {
          return WorkerListener.SILENT;
        }

        @Override
        public void close() {}
      };

  /** For Temporal's clients. */
  List<WorkflowClientInterceptor> clients();

  /** For workers. */
  WorkerListener workers();

  /** Sends what is left, for a few seconds at most. */
  @Override
  void close();
}
