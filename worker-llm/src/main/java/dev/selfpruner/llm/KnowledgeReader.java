package dev.selfpruner.llm;

import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.Trials;
import dev.selfpruner.llm.prompt.Knowledge;
import dev.selfpruner.llm.prompt.PromptSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Collects what prompts can tell from what calibration and earlier iterations have stored. */
record KnowledgeReader(Artifacts artifacts) {
  /** Iterations whose offspring are told of. */
  private static final int ROUNDS = 2;

  /** Reads what a set of prompts has places for; what isn't in the store is left out. */
  Knowledge read(ProposalRequest request, PromptSet set) {
    return new Knowledge(
        request.model(),
        request.text(),
        set.tellsStatistics() ? statistics(request) : List.of(),
        set.tellsTrials() ? rounds(request) : List.of(),
        set.tellsSensitivity() ? sensitivity(request) : List.of());
  }

  private List<Sensitivity> sensitivity(ProposalRequest request) {
    return artifacts.find(SearchIndex.sensitivity(request.searchKey()), Sensitivity.class).stream()
        .toList();
  }

  private List<LayerStatistics> statistics(ProposalRequest request) {
    return artifacts
        .find(LayerStatistics.indexKey(request.calibration().key()), LayerStatistics.class)
        .stream()
        .toList();
  }

  /** The first population has no parents, so iteration 1 is the first to be told of. */
  private List<Knowledge.Round> rounds(ProposalRequest request) {
    return IntStream.rangeClosed(1, ROUNDS)
        .map(back -> request.iteration() - back)
        .filter(iteration -> iteration >= 1)
        .mapToObj(iteration -> round(request.searchKey(), iteration))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<Knowledge.Round> round(String searchKey, int iteration) {
    return artifacts
        .find(SearchIndex.trials(searchKey, iteration), Trials.class)
        .flatMap(
            trials ->
                artifacts
                    .find(
                        SearchIndex.population(searchKey, iteration - 1), PopulationSnapshot.class)
                    .map(before -> artifacts.read(before.population(), Population.class))
                    .map(before -> new Knowledge.Round(before, trials)));
  }
}
