package dev.selfpruner.infra.report;

import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.Printable;
import dev.selfpruner.infra.inspect.AskedQuestion;
import dev.selfpruner.infra.inspect.CandidateSource;
import dev.selfpruner.infra.inspect.RecordedIteration;
import dev.selfpruner.infra.inspect.RecordedSearch;
import dev.selfpruner.infra.inspect.Usable;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.Stops;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A search as the store has it, for people.
 *
 * @param shown iterations of which questions are shown; the bill is the whole search's
 * @param full whether prompts and answers are shown as they are
 */
public record InspectReport(RecordedSearch search, List<RecordedIteration> shown, boolean full) {
  public InspectReport {
    shown = List.copyOf(shown);
  }

  /** What is searched, iterations, questions, and the bill. */
  public String text() {
    List<String> lines = new ArrayList<>();
    lines.add(search.workflowId() + state());
    search.spec().forEach(spec -> lines.addAll(about(spec)));
    lines.add("");
    lines.add(
        "%-9s %12s %14s %8s %14s %9s %7s"
            .formatted(
                "iteration", "best", "windows", "LLM", "in its place", "built-in", "random"));
    shown.forEach(iteration -> lines.add(row(iteration)));
    shown.stream()
        .filter(iteration -> iteration.count(CandidateSource.INJECTED) > 0)
        .forEach(
            iteration ->
                lines.add(
                    "iteration %d: %d given by persons"
                        .formatted(iteration.number(), iteration.count(CandidateSource.INJECTED))));
    shown.forEach(iteration -> lines.addAll(notes(iteration)));
    if (!search.spec().stream().allMatch(spec -> spec.method().isEmpty())) {
      lines.add("");
      lines.addAll(ContributionLines.of(search.contributions()));
      for (Sensitivity sensitivity : search.sensitivity()) {
        lines.add("");
        lines.addAll(SensitivityLines.of(sensitivity));
      }
    }
    List<String> failed = shown.stream().flatMap(InspectReport::failed).toList();
    if (!failed.isEmpty()) {
      lines.add("");
      lines.add("candidates that failed:");
      lines.addAll(failed);
    }
    for (RecordedIteration iteration : shown) {
      for (AskedQuestion question : iteration.questions()) {
        lines.add("");
        lines.addAll(about(question));
      }
    }
    if (!search.questions().isEmpty()) {
      lines.add("");
      lines.add("bill: " + new LlmUse(search.bill(), search.limits()).bill());
      lines.add(usable(search.usable()));
    }
    return String.join(System.lineSeparator(), lines);
  }

  private String state() {
    for (SearchResult result : search.result()) {
      return result.isExhausted()
          ? ", ended early by " + result.exhausted()
          : ", finished: %s dense, %s uniform, %s searched%s"
              .formatted(
                  ProgressLine.perplexity(result.dense().perplexity()),
                  ProgressLine.perplexity(result.uniform().perplexity()),
                  ProgressLine.perplexity(result.searched().perplexity()),
                  result.fitted().stream()
                      .map(fitted -> ", %s fitted".formatted(perplexity(fitted)))
                      .collect(Collectors.joining()));
    }
    return ", under way, without a result so far";
  }

  private static String perplexity(Measurement measured) {
    return ProgressLine.perplexity(measured.perplexity());
  }

  private List<String> about(SearchSpec spec) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s, %s, %d + %d x (%d + %d) candidates, seed %d, run %d",
            spec.model(),
            size(spec),
            spec.evolution().population(),
            spec.evolution().iterations(),
            spec.evolution().mutations(),
            spec.evolution().crossovers(),
            spec.seed(),
            spec.run()));
    lines.add("candidates by " + name(spec.generator()));
    if (!spec.initialisation().equals(spec.generator())) {
      lines.add("first population by " + name(spec.initialisation()));
    }
    spec.method().forEach(method -> lines.addAll(MethodLines.of(method)));
    List<String> stopping = Stops.reasons(spec.stopping());
    if (!stopping.isEmpty()) {
      lines.add("ends early by " + String.join(", ", stopping));
    }
    String limited = new LlmUse(search.bill(), search.limits()).limited();
    if (!limited.isEmpty()) {
      lines.add("limited to " + limited + " when it began");
    }
    return lines;
  }

  private static String size(SearchSpec spec) {
    return spec.latency().stream()
        .map(LatencyLines::of)
        .findFirst()
        .orElseGet(() -> String.format(Locale.ROOT, "%.4g %% removed", 100 * spec.sparsity()));
  }

  private static String name(Generator generator) {
    if (generator instanceof LargeLanguageModel llm) {
      return String.format(
          Locale.ROOT,
          "%s%s (%s), temperature %s, answers as %s of at most %d tokens, prompt %s",
          Printable.line(llm.model()),
          llm.baseUrl().isEmpty() ? "" : " at " + llm.baseUrl(),
          llm.provider().name().toLowerCase(Locale.ROOT),
          llm.temperature(),
          llm.answerFormat().name().toLowerCase(Locale.ROOT),
          llm.maxOutputTokens(),
          llm.prompt());
    }
    return generator instanceof Generator.Random ? "random" : "built-in operators";
  }

  private static String row(RecordedIteration iteration) {
    return "%-9d %12s %14s %8d %14d %9d %7d"
        .formatted(
            iteration.number(),
            iteration.outcome().stream()
                .map(PopulationSnapshot::best)
                .map(best -> ProgressLine.perplexity(best.perplexity()))
                .findFirst()
                .orElse("-"),
            iteration.outcome().stream()
                .flatMap(outcome -> outcome.measuredOn().stream())
                .map(InspectReport::windows)
                .findFirst()
                .orElse("-"),
            iteration.count(CandidateSource.LLM),
            iteration.count(CandidateSource.IN_ITS_PLACE),
            iteration.count(CandidateSource.BUILT_IN),
            iteration.count(CandidateSource.RANDOM));
  }

  /** Of a text, as many as {@code best} is of: {@code 16 from 40}. */
  private static String windows(TextWindows text) {
    return text.windows() == TextWindows.ALL
        ? "all from %d".formatted(text.firstWindow())
        : "%d from %d".formatted(text.windows(), text.firstWindow());
  }

  private static List<String> notes(RecordedIteration iteration) {
    return iteration.proposals().stream()
        .filter(proposal -> !proposal.note().isEmpty())
        .map(
            proposal ->
                "iteration %d: %s".formatted(iteration.number(), Printable.line(proposal.note())))
        .toList();
  }

  private static Stream<String> failed(RecordedIteration iteration) {
    return iteration.failed().stream()
        .map(each -> "  %s: %s".formatted(each.candidate().id(), Printable.line(each.failed())));
  }

  private List<String> about(AskedQuestion question) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "iteration %d, %s, %s: %s, prompt %s, ended by %s; %s"
            .formatted(
                question.iteration(),
                name(question.operator()),
                question.again() ? "asked again" : "asked",
                Printable.line(question.model()),
                question.promptDigest(),
                Printable.line(question.finishReason()),
                new LlmUse(question.spending(), search.limits()).shortBill()));
    lines.add(lists(question));
    for (Map.Entry<String, Integer> verdict : question.verdicts().entrySet()) {
      lines.add(
          "  not used: %d x %s".formatted(verdict.getValue(), Printable.line(verdict.getKey())));
    }
    if (full) {
      lines.add("--- prompt");
      lines.add(Printable.text(question.prompt()));
      lines.add("--- answer");
      lines.add(Printable.text(question.text()));
      lines.add("---");
    }
    return lines;
  }

  private static String lists(AskedQuestion question) {
    String found = "  lists: %d found, %d used".formatted(question.found(), question.used());
    int repaired = question.used() - question.usedAsTheyCame();
    return repaired == 0
        ? found
        : found
            + String.format(
                Locale.ROOT,
                ", %d of them repaired; a rate was moved by %.4f on average",
                repaired,
                question.repairDistance());
  }

  private static String name(Operator operator) {
    return operator.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String usable(Usable usable) {
    return usable.wanted() == 0
        ? "usable: no proposal is finished"
        : String.format(
            Locale.ROOT,
            "usable of %d candidates wanted: %.1f %% as they came, %.1f %% after repair, %.1f %% after asking again",
            usable.wanted(),
            100.0 * usable.asTheyCame() / usable.wanted(),
            100.0 * usable.repaired() / usable.wanted(),
            100.0 * usable.again() / usable.wanted());
  }
}
