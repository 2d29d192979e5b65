package dev.selfpruner.workflows;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Candidates of one artifact.
 *
 * @param candidates artifact: a {@link dev.selfpruner.activities.search.CandidateSet} or {@link
 *     dev.selfpruner.activities.search.Population}
 * @param ids of those that are meant
 */
record Lot(ArtifactRef candidates, List<String> ids) {
  Lot {
    ids = List.copyOf(ids);
  }

  static Lot of(Proposal proposal) {
    return new Lot(proposal.candidates(), proposal.ids());
  }

  static Lot of(PopulationSnapshot population) {
    return new Lot(
        population.population(),
        population.survivors().stream().map(Fitness::candidateId).toList());
  }

  /** The last {@code most} of a list. */
  static <T> List<T> latest(List<T> all, int most) {
    return List.copyOf(all.subList(Math.max(0, all.size() - most), all.size()));
  }

  static int size(List<Lot> lots) {
    return lots.stream().mapToInt(lot -> lot.ids().size()).sum();
  }

  /** Those that are among {@code chosen}. */
  Lot only(Set<String> chosen) {
    return new Lot(candidates, ids.stream().filter(chosen::contains).toList());
  }

  /** In parts of at most {@code size}; none of an empty lot. */
  List<Lot> parts(int size) {
    List<Lot> parts = new ArrayList<>();
    for (int i = 0; i < ids.size(); i += size) {
      parts.add(new Lot(candidates, ids.subList(i, Math.min(ids.size(), i + size))));
    }
    return parts;
  }

  /** The same, with {@code base} first in every part. */
  List<Lot> parts(int size, String base) {
    List<String> others = ids.stream().filter(id -> !id.equals(base)).toList();
    return new Lot(candidates, others)
        .parts(size - 1).stream().map(part -> part.after(base)).toList();
  }

  private Lot after(String base) {
    return new Lot(candidates, Stream.concat(Stream.of(base), ids.stream()).toList());
  }
}
