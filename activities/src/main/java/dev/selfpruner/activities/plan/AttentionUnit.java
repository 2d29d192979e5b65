package dev.selfpruner.activities.plan;

/**
 * What goes from a layer's attention at once. Where every query head has a key-value head of its
 * own, all three are single heads.
 */
public enum AttentionUnit {
  /** A query head; its key-value head goes with the last query head that reads it. */
  QUERY_HEAD,
  /** One query head of every group, so that groups stay of equal size: key-value heads all stay. */
  HEAD_OF_EVERY_GROUP,
  /** A key-value head with all query heads that read it. */
  GROUP
}
