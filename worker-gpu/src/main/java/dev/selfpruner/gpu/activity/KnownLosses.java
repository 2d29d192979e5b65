package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.gpu.activity.EvaluationPart.ChunkLosses;
import dev.selfpruner.gpu.engine.Chunk;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * What the store knows of a plan's losses on a text: parts, numbered as they were measured, each
 * written once. Workers that measure at the same time add one part after the other.
 */
final class KnownLosses {
  private final Stored stored;
  private final EvaluationKey key;

  /** By chunk: windows of another chunk shape are other numbers. */
  private final Map<Chunk.Span, List<Double>> losses = new HashMap<>();

  private int parts;

  private KnownLosses(Stored stored, EvaluationKey key) {
    this.stored = stored;
    this.key = key;
  }

  static KnownLosses read(Stored stored, EvaluationKey key) throws IOException {
    KnownLosses known = new KnownLosses(stored, key);
    Optional<EvaluationPart> part = stored.find(key.part(0), EvaluationPart.class);
    while (part.isPresent()) {
      known.take(part.get());
      part = stored.find(key.part(known.parts), EvaluationPart.class);
    }
    return known;
  }

  /** Those of the chunks that nobody has measured yet. */
  List<Chunk> missing(List<Chunk> chunks) {
    return chunks.stream().filter(chunk -> !losses.containsKey(chunk.span())).toList();
  }

  /** Stores a part after those that are there; what another worker stored first stays. */
  void add(EvaluationPart measured) throws IOException {
    EvaluationPart winner;
    do {
      IndexKey next = key.part(parts);
      winner = stored.index(next, measured, EvaluationPart.class);
      take(winner);
    } while (!winner.equals(measured));
  }

  private void take(EvaluationPart part) {
    for (ChunkLosses chunk : part.chunks()) {
      losses.putIfAbsent(
          new Chunk.Span(chunk.firstWindow(), chunk.nllPerWindow().size()), chunk.nllPerWindow());
    }
    parts++;
  }

  /** exp of the mean loss; positive infinity where a loss is not a number or too large. */
  double perplexity(List<Chunk> chunks) {
    double mean =
        chunks.stream()
            .flatMapToDouble(chunk -> doubles(losses.get(chunk.span())))
            .average()
            .orElseThrow();
    double perplexity = Math.exp(mean);
    // A divergence is not negative, but for rounding.
    return Double.isNaN(perplexity) ? Double.POSITIVE_INFINITY : Math.max(1.0, perplexity);
  }

  /** Why the perplexity is infinite; empty where it is not. */
  String failed(List<Chunk> chunks) {
    if (Double.isFinite(perplexity(chunks))) {
      return "";
    }
    List<Double> all = chunks.stream().flatMap(chunk -> losses.get(chunk.span()).stream()).toList();
    long broken = all.stream().filter(loss -> !Double.isFinite(loss)).count();
    return broken == 0
        ? "its loss is too large for a perplexity"
        : "its loss is not finite on %d of %d windows".formatted(broken, all.size());
  }

  private static DoubleStream doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue);
  }
}
