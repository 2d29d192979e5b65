package dev.selfpruner.infra.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.infra.llm.LlmForecast;
import dev.selfpruner.infra.llm.LlmForecast.Ending;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.Stops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a search is going to take, about.
 *
 * @param tokens through the model
 * @param effort of a search with a method: none of a published one, else one
 * @param speed of the model on this machine
 * @param llm what is asked of an LLM; none where none is asked, else one
 */
public record DryRunReport(
    SearchSpec spec,
    ModelTokens tokens,
    List<SearchEffort> effort,
    ModelSpeed speed,
    List<LlmForecast> llm) {
  public DryRunReport {
    effort = List.copyOf(effort);
    llm = List.copyOf(llm);
  }

  /**
   * Tokens that go through the model.
   *
   * @param calibration once, dense
   * @param search for each evaluation, pruned
   * @param reference once, dense, where candidates are compared with the dense model
   * @param test for each of three measurements, one of them dense
   */
  public record ModelTokens(long calibration, long search, long reference, long test) {
    long dense() {
      return calibration + reference + test;
    }
  }

  /**
   * What a short benchmark came to.
   *
   * @param devices that computed
   * @param dense tokens a second
   * @param pruned tokens a second, uniformly
   */
  public record ModelSpeed(String devices, double dense, double pruned) {}

  /** One line for machines. */
  public String json() {
    ObjectNode json = Json.mapper().createObjectNode();
    json.put("evaluations", evaluations());
    json.putObject("modelTokens")
        .put("calibration", tokens.calibration())
        .put("evaluation", tokens.search())
        .put("reference", tokens.reference())
        .put("test", tokens.test())
        .put("total", total());
    for (SearchEffort most : effort) {
      json.set("atMost", Json.mapper().valueToTree(most));
    }
    json.putObject("tokensPerSecond").put("dense", speed.dense()).put("pruned", speed.pruned());
    json.put("devices", speed.devices()).put("seconds", seconds());
    for (LlmForecast forecast : llm) {
      ObjectNode asked = new LlmUse(forecast.spending(), spec.limits()).json();
      asked.put("model", forecast.model());
      asked.put("listTokens", forecast.listTokens()).put("fits", forecast.fits());
      for (Ending ending : forecast.ending()) {
        asked
            .putObject("ends")
            .put("reason", ending.reason())
            .put("iteration", ending.iteration())
            .put("evaluations", ending.evaluations());
      }
      json.set("llm", asked);
    }
    return Json.write(json);
  }

  /** A few lines for people. */
  public String text() {
    List<String> lines = new ArrayList<>(effort.isEmpty() ? asPublished() : atMost());
    llm.forEach(forecast -> lines.addAll(aboutLlm(forecast)));
    lines.add(
        row(
            "time",
            "%s %s on %s, from a short run of random tokens (%,.0f tokens/s dense, %,.0f pruned)%s",
            effort.isEmpty() ? "about" : "at most about",
            ProgressLine.clock(Duration.ofMillis((long) (1000 * seconds()))),
            speed.devices(),
            speed.dense(),
            speed.pruned(),
            llm.isEmpty() ? "" : "; the LLM's answers come on top, their time isn't known"));
    return String.join(System.lineSeparator(), lines);
  }

  private List<String> asPublished() {
    Evolution evolution = spec.evolution();
    return List.of(
        row(
            "evaluations",
            "%,d: %d + %d x (%d + %d), of which those known from before cost nothing",
            evaluations(),
            evolution.population(),
            evolution.iterations(),
            evolution.mutations(),
            evolution.crossovers()),
        row(
            "model tokens",
            "%,d: calibration %,d, evaluations %,d x %,d,%s test 3 x %,d",
            total(),
            tokens.calibration(),
            evaluations(),
            tokens.search(),
            tokens.reference() > 0
                ? String.format(Locale.ROOT, " dense model %,d,", tokens.reference())
                : "",
            tokens.test()));
  }

  /** Parts that candidates have in common make it less; how much depends on the candidates. */
  private List<String> atMost() {
    List<String> lines = new ArrayList<>();
    for (SearchEffort most : effort) {
      lines.add(
          row(
              "evaluations",
              "at most %,d: single blocks %,d, steps of %d descents %,d, selection %,d, ranking %,d",
              most.evaluations(),
              most.sensitivity().evaluations(),
              Math.min(spec.method().get(0).mix().descents(), spec.evolution().iterations()),
              most.descents().evaluations(),
              most.selection().evaluations(),
              most.ranking().evaluations()));
      lines.add(
          row(
              "model tokens",
              "at most %,d: calibration %,d, single blocks %,d, descents %,d, selection %,d, ranking %,d, fitting %,d,%s test %d x %,d",
              total(),
              tokens.calibration(),
              most.sensitivity().tokens(),
              most.descents().tokens(),
              most.selection().tokens(),
              most.ranking().tokens(),
              most.fitting().tokens(),
              tokens.reference() > 0
                  ? String.format(Locale.ROOT, " dense model %,d,", tokens.reference())
                  : "",
              tests(),
              tokens.test()));
      lines.add(
          row(
              "",
              "less where candidates have their first layers in common or are known from before"));
    }
    List<String> stopping = Stops.reasons(spec.stopping());
    if (!stopping.isEmpty()) {
      lines.add(row("ends early by", "%s", String.join(", ", stopping)));
    }
    return lines;
  }

  private List<String> aboutLlm(LlmForecast forecast) {
    List<String> lines = new ArrayList<>();
    lines.add(
        row(
            "LLM",
            "%,d questions to %s, about %,d tokens of prompts and %,d of answers if all of them can be used",
            forecast.spending().calls(),
            forecast.model(),
            forecast.spending().inputTokens(),
            forecast.spending().outputTokens()));
    if (!forecast.fits()) {
      lines.add(
          row(
              "",
              "a list takes about %,d tokens, more than an answer may have: raise --llm-max-tokens",
              forecast.listTokens()));
    }
    LlmLimits limits = spec.limits();
    lines.add(
        limits.price().isEmpty()
            ? row("cost", "not known: --llm-price IN,OUT says what a million tokens cost")
            : row("cost", "about %s%s", LlmUse.dollars(forecast.spending().cost()), prices()));
    for (Ending ending : forecast.ending()) {
      lines.add(
          row(
              "limits",
              "%s is going to end it in iteration %d of %d, after about %,d evaluations",
              ending.reason(),
              ending.iteration(),
              spec.evolution().iterations(),
              ending.evaluations()));
    }
    String limited = new LlmUse(forecast.spending(), limits).limited();
    if (forecast.ending().isEmpty() && !limited.isEmpty()) {
      lines.add(row("limits", "%s, which is enough if answers can be used", limited));
    }
    return lines;
  }

  private String prices() {
    Price price = spec.limits().price().get(0);
    return " (%s and %s a million tokens)".formatted(price.input(), price.output());
  }

  private int evaluations() {
    return effort.stream()
        .mapToInt(SearchEffort::evaluations)
        .findFirst()
        .orElse(spec.evolution().evaluations());
  }

  /** Measurements on the test text: dense, uniform, searched, and fitted. */
  private int tests() {
    boolean fitted = spec.method().stream().anyMatch(method -> !method.dampings().isEmpty());
    return fitted ? 4 : 3;
  }

  private long total() {
    return tokens.dense() + pruned();
  }

  private long pruned() {
    long search =
        effort.stream()
            .mapToLong(SearchEffort::tokens)
            .findFirst()
            .orElse(spec.evolution().evaluations() * tokens.search());
    return search + (tests() - 1) * tokens.test();
  }

  private double seconds() {
    return tokens.dense() / speed.dense() + pruned() / speed.pruned();
  }

  private static String row(String name, String format, Object... values) {
    return String.format(Locale.ROOT, "%-14s", name) + String.format(Locale.ROOT, format, values);
  }
}
