package dev.selfpruner.infra.cli;

import dev.selfpruner.workflows.FinalFit;
import dev.selfpruner.workflows.SearchSpec;
import java.util.List;
import java.util.stream.Stream;

/** What people are told of a search's texts before it begins. */
final class SearchNotes {
  private SearchNotes() {}

  static List<String> of(SearchSpec spec) {
    return Stream.concat(SameText.note(spec).stream(), Stream.of(FinalFit.of(spec).note()))
        .filter(note -> !note.isEmpty())
        .toList();
  }
}
