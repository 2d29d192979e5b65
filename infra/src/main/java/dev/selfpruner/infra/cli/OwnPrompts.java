package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.llm.SearchIndex;
import dev.selfpruner.llm.prompt.PromptSet;
import java.io.IOException;
import java.util.List;

/** Puts users' own prompts where LLM workers find them, wherever those are. */
final class OwnPrompts {
  private OwnPrompts() {}

  static void keep(List<PromptSet> prompts, ArtifactStore store) throws IOException {
    for (PromptSet set : prompts) {
      ArtifactRef unused =
          store.index(SearchIndex.prompt(set.sha256()), store.put(Json.writeBytes(set)));
    }
  }
}
