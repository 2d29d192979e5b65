package dev.selfpruner.infra.worker;

/** What a worker does, by the queue that it listens on. */
public enum WorkerRole {
  /** Calibrates, evaluates and prunes: needs the model and a device. */
  GPU,
  /** Proposes candidates and keeps populations: needs the LLM, where there is one. */
  LLM,
  /** Runs workflow code: needs neither. */
  WORKFLOW
}
