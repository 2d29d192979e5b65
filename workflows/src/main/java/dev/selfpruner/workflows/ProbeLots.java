package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.ProbeNames;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Probes of single blocks, in parts: a deep model has thousands, and a history holds the names of
 * one part at a time.
 *
 * @param count of all
 * @param parts what differs from the base, with the base first in each; each is asked for when its
 *     turn comes
 */
record ProbeLots(int count, List<Supplier<Lot>> parts) {
  ProbeLots {
    parts = List.copyOf(parts);
  }

  /**
   * Proposes probes.
   *
   * @param base id of what the others differ from, the first of them
   */
  static ProbeLots proposed(PopulationActivities proposals, ProposalRequest request, String base) {
    int size = Policies.PROBES_PER_ACTIVITY;
    if (!Policies.namesProbesInParts()) {
      Proposal all = proposals.propose(request);
      return new ProbeLots(all.ids().size(), suppliers(Lot.of(all).parts(size, base)));
    }
    ProbeNames first = proposals.probes(request, 0, size);
    List<Supplier<Lot>> parts =
        new ArrayList<>(suppliers(new Lot(first.candidates(), first.ids()).parts(size, base)));
    for (int from = size; from < first.count(); from += size - 1) {
      int next = from;
      parts.add(
          () -> {
            List<String> others = proposals.probes(request, next, size - 1).ids();
            return new Lot(
                first.candidates(), Stream.concat(Stream.of(base), others.stream()).toList());
          });
    }
    return new ProbeLots(first.count(), parts);
  }

  private static List<Supplier<Lot>> suppliers(List<Lot> lots) {
    List<Supplier<Lot>> suppliers = new ArrayList<>();
    lots.forEach(lot -> suppliers.add(() -> lot));
    return suppliers;
  }
}
