package dev.selfpruner.infra.gc;

import dev.selfpruner.workflows.SearchSpec;
import java.time.Instant;

/**
 * A run of a search that a store has something of.
 *
 * @param key that its entries are named by
 * @param used when one of them was written or found
 * @param finished whether it has a result
 */
public record Run(String key, Instant used, boolean finished) {
  /** As people know it. */
  public String workflowId() {
    return SearchSpec.workflowId(key);
  }
}
