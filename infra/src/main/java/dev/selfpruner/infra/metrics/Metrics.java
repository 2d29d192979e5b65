package dev.selfpruner.infra.metrics;

import com.uber.m3.tally.NoopScope;
import com.uber.m3.tally.Scope;
import dev.selfpruner.infra.worker.WorkerListener;

/** What is counted in a process: where Temporal's client counts, and who listens to the workers. */
public interface Metrics extends AutoCloseable {
  /** Counts nothing. */
  Metrics OFF =
      new Metrics() {
        @Override
        public Scope temporal() {
          return new NoopScope();
        }

        @Override
        public WorkerListener workers() {
          return WorkerListener.SILENT;
        }

        @Override
        public void ready(boolean ready) {}

        @Override
        public void close() {}
      };

  /** For Temporal's clients. */
  Scope temporal();

  /** For workers. */
  WorkerListener workers();

  /** Workers listen to their queues, or do so no longer. */
  void ready(boolean ready);

  @Override
  void close();
}
