package dev.selfpruner.infra.embedded;

import io.temporal.serviceclient.WorkflowServiceStubs;
import java.net.URI;
import java.util.Optional;

/** A Temporal server that a command uses; closing it stops what the command itself started. */
public interface TemporalServer extends AutoCloseable {

  WorkflowServiceStubs stubs();

  String namespace();

  /** Host and port where other processes of this machine reach it. */
  String target();

  /** Where people look at workflows, if the server has a web interface that is known. */
  Optional<URI> webInterface();

  /** What it is and where, in a few words. */
  String description();

  /** Whether it still knows a workflow when this process is gone. */
  boolean remembers();

  @Override
  void close();
}
