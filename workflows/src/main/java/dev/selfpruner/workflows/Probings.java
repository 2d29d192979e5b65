package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.ProbeResult;
import java.util.ArrayList;
import java.util.List;

/** Keeps payloads small, however many batches a model's blocks are probed in. */
final class Probings {
  private Probings() {}

  /** The same probings, by few enough references; as they are, where there are few. */
  static List<ProbeResult> gathered(PopulationActivities records, List<ProbeResult> probings) {
    int most = Policies.PROBINGS_A_PAYLOAD;
    if (probings.size() <= most || !Policies.gathersProbings()) {
      return probings;
    }
    List<ProbeResult> fewer = new ArrayList<>();
    for (int i = 0; i < probings.size(); i += most) {
      fewer.add(records.gather(probings.subList(i, Math.min(probings.size(), i + most))));
    }
    return gathered(records, fewer);
  }
}
