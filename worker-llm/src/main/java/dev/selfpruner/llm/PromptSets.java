package dev.selfpruner.llm;

import dev.selfpruner.llm.prompt.PromptSet;
import io.temporal.failure.ApplicationFailure;

/** Prompt sets by the name that a search gives them. */
record PromptSets(Artifacts artifacts) {

  /**
   * A set that comes with the program, or one from the store.
   *
   * @param prompt its name, or its digest
   */
  PromptSet named(String prompt) {
    if (PromptSet.isBuiltIn(prompt)) {
      return PromptSet.builtIn(prompt);
    }
    PromptSet set =
        artifacts
            .find(SearchIndex.prompt(prompt), PromptSet.class)
            .orElseThrow(
                () ->
                    ApplicationFailure.newNonRetryableFailure(
                        "no prompts with the digest %s are in the artifact store".formatted(prompt),
                        Artifacts.MISSING));
    if (!set.sha256().equals(prompt)) {
      throw ApplicationFailure.newNonRetryableFailure(
          "the prompts under %s in the artifact store have the digest %s"
              .formatted(prompt, set.sha256()),
          Artifacts.CORRUPT);
    }
    return set;
  }
}
