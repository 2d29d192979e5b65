package dev.selfpruner.infra.endtoend;

/** What goes wrong. */
enum Fault {
  GPU_WORKER_KILLED("kill -9 of the GPU worker"),
  LLM_WORKER_KILLED("kill -9 of the LLM worker"),
  WORKFLOW_WORKER_KILLED("kill -9 of the workflow worker"),
  TEMPORAL_KILLED("kill -9 of Temporal's server"),
  STORE_KILLED("kill -9 of the S3 server"),
  DISK_FULL("the store's disk is full"),
  LLM_REFUSES("the LLM refuses"),
  NETWORK_CUT("the network is cut");

  private final String description;

  Fault(String description) {
    this.description = description;
  }

  /** Whether a process dies of it. */
  boolean isKill() {
    return name().endsWith("_KILLED");
  }

  @Override
  public String toString() {
    return description;
  }
}
