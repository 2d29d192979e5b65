package dev.selfpruner.infra.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.infra.llm.LlmForecast;
import dev.selfpruner.infra.llm.LlmForecast.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a search is going to take, about.
 *
 * @param evolution sizes of the search
 * @param tokens through the model
 * @param speed of the model on this machine
 * @param llm what is asked of an LLM; none where none is asked, else one
 * @param limits on it
 */
public record DryRunReport(
    Evolution evolution,
    ModelTokens tokens,
    ModelSpeed speed,
    List<LlmForecast> llm,
    LlmLimits limits) {
  public DryRunReport {
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

    long pruned(int evaluations) {
      return evaluations * search + 2 * test;
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
    json.put("evaluations", evolution.evaluations());
    json.putObject("modelTokens")
        .put("calibration", tokens.calibration())
        .put("evaluation", tokens.search())
        .put("reference", tokens.reference())
        .put("test", tokens.test())
        .put("total", total());
    json.putObject("tokensPerSecond").put("dense", speed.dense()).put("pruned", speed.pruned());
    json.put("devices", speed.devices()).put("seconds", seconds());
    for (LlmForecast forecast : llm) {
      ObjectNode asked = new LlmUse(forecast.spending(), limits).json();
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
    List<String> lines = new ArrayList<>();
    lines.add(
        row(
            "evaluations",
            "%,d: %d + %d x (%d + %d), of which those known from before cost nothing",
            evolution.evaluations(),
            evolution.population(),
            evolution.iterations(),
            evolution.mutations(),
            evolution.crossovers()));
    lines.add(
        row(
            "model tokens",
            "%,d: calibration %,d, evaluations %,d x %,d,%s test 3 x %,d",
            total(),
            tokens.calibration(),
            evolution.evaluations(),
            tokens.search(),
            tokens.reference() > 0
                ? String.format(Locale.ROOT, " dense model %,d,", tokens.reference())
                : "",
            tokens.test()));
    llm.forEach(forecast -> lines.addAll(aboutLlm(forecast)));
    lines.add(
        row(
            "time",
            "about %s on %s, from a short run of random tokens (%,.0f tokens/s dense, %,.0f pruned)%s",
            ProgressLine.clock(Duration.ofMillis((long) (1000 * seconds()))),
            speed.devices(),
            speed.dense(),
            speed.pruned(),
            llm.isEmpty() ? "" : "; the LLM's answers come on top, their time isn't known"));
    return String.join(System.lineSeparator(), lines);
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
              evolution.iterations(),
              ending.evaluations()));
    }
    String limited = new LlmUse(forecast.spending(), limits).limited();
    if (forecast.ending().isEmpty() && !limited.isEmpty()) {
      lines.add(row("limits", "%s, which is enough if answers can be used", limited));
    }
    return lines;
  }

  private String prices() {
    Price price = limits.price().get(0);
    return " (%s and %s a million tokens)".formatted(price.input(), price.output());
  }

  private long total() {
    return tokens.dense() + tokens.pruned(evolution.evaluations());
  }

  private double seconds() {
    return tokens.dense() / speed.dense() + tokens.pruned(evolution.evaluations()) / speed.pruned();
  }

  private static String row(String name, String format, Object... values) {
    return String.format(Locale.ROOT, "%-14s", name) + String.format(Locale.ROOT, format, values);
  }
}
