package dev.selfpruner.infra.embedded;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.workflows.SearchSpec;
import java.util.List;

/** What ends searches early: no part of what they are named after, but of what they run with. */
final class SearchLimits {
  private SearchLimits() {}

  /** The same for equal limits; that of a search which nothing but an LLM ends is as it was. */
  static String digest(SearchSpec spec) {
    return spec.stopping().equals(Stopping.NEVER)
        ? spec.limits().key()
        : Digests.sha256(Json.write(List.of(spec.limits(), spec.stopping())));
  }

  /** Of several searches together. */
  static String digest(List<SearchSpec> specs) {
    return specs.stream().allMatch(spec -> spec.stopping().equals(Stopping.NEVER))
        ? Digests.sha256(Json.write(specs.stream().map(SearchSpec::limits).toList()))
        : Digests.sha256(Json.write(specs.stream().map(SearchLimits::digest).toList()));
  }
}
