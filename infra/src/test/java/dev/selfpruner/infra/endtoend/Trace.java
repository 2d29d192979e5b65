package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.testing.TraceCollector.Received;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The spans of one search: a tree under the command that started it. */
final class Trace {
  private final List<Received> spans;
  private final Map<String, Received> byId = new HashMap<>();

  Trace(List<Received> spans) {
    this.spans = List.copyOf(spans);
    spans.forEach(span -> byId.put(span.id(), span));
  }

  String id() {
    return spans.get(0).trace();
  }

  List<Received> named(String name) {
    return spans.stream().filter(span -> span.name().equals(name)).toList();
  }

  /** Names from the root to a span. */
  List<String> path(Received span) {
    List<String> path = new ArrayList<>();
    Optional<Received> at = Optional.of(span);
    while (at.isPresent()) {
      path.add(0, at.get().name());
      at = at.get().parent().map(byId::get);
    }
    return path;
  }

  /** One trace with one root, and no span whose parent was not received. */
  void assertWhole() {
    assertThat(spans).extracting(Received::trace).containsOnly(id());
    assertThat(spans).filteredOn(span -> span.parent().isEmpty()).hasSize(1);
    assertThat(spans)
        .filteredOn(span -> span.parent().isPresent())
        .allSatisfy(span -> assertThat(byId).containsKey(span.parent().orElseThrow()));
  }
}
