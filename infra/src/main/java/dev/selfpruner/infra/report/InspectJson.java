package dev.selfpruner.infra.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.inspect.AskedQuestion;
import dev.selfpruner.infra.inspect.CandidateSource;
import dev.selfpruner.infra.inspect.RecordedIteration;
import dev.selfpruner.infra.inspect.RecordedProposal;
import dev.selfpruner.infra.inspect.RecordedSearch;
import dev.selfpruner.infra.inspect.Usable;
import java.util.List;
import java.util.Locale;

/**
 * A search as the store has it, for machines.
 *
 * @param shown iterations that are shown; the bill is the whole search's
 * @param full whether prompts and answers are in it
 */
public record InspectJson(RecordedSearch search, List<RecordedIteration> shown, boolean full) {
  public InspectJson {
    shown = List.copyOf(shown);
  }

  /** One line. */
  public String json() {
    ObjectNode json = Json.mapper().createObjectNode();
    json.put("searchKey", search.key()).put("workflowId", search.workflowId());
    for (SearchStart start : search.start()) {
      json.set("spec", Json.read(start.spec(), ObjectNode.class));
    }
    for (SearchResult result : search.result()) {
      json.set("result", Json.mapper().valueToTree(result));
    }
    ArrayNode iterations = json.putArray("iterations");
    shown.forEach(iteration -> describe(iteration, iterations.addObject()));
    if (!search.spec().stream().allMatch(spec -> spec.method().isEmpty())) {
      json.set("operators", Json.mapper().valueToTree(search.contributions()));
      for (Sensitivity sensitivity : search.sensitivity()) {
        json.set("sensitivity", Json.mapper().valueToTree(sensitivity));
      }
    }
    json.set("llm", new LlmUse(search.bill(), search.limits()).json());
    Usable usable = search.usable();
    json.putObject("usable")
        .put("wanted", usable.wanted())
        .put("asTheyCame", usable.asTheyCame())
        .put("repaired", usable.repaired())
        .put("again", usable.again());
    return Json.write(json);
  }

  private void describe(RecordedIteration iteration, ObjectNode json) {
    json.put("iteration", iteration.number());
    for (PopulationSnapshot outcome : iteration.outcome()) {
      json.put("best", outcome.best().perplexity());
      for (TextWindows text : outcome.measuredOn()) {
        json.set("measuredOn", Json.mapper().valueToTree(text));
      }
    }
    ObjectNode candidates = json.putObject("candidates");
    candidates.put("llm", iteration.count(CandidateSource.LLM));
    candidates.put("inItsPlace", iteration.count(CandidateSource.IN_ITS_PLACE));
    candidates.put("builtIn", iteration.count(CandidateSource.BUILT_IN));
    candidates.put("random", iteration.count(CandidateSource.RANDOM));
    candidates.put("injected", iteration.count(CandidateSource.INJECTED));
    if (!iteration.failed().isEmpty()) {
      ObjectNode failed = json.putObject("failed");
      iteration.failed().forEach(each -> failed.put(each.candidate().id(), each.failed()));
    }
    List<RecordedProposal> noted =
        iteration.proposals().stream().filter(each -> !each.note().isEmpty()).toList();
    if (!noted.isEmpty()) {
      ObjectNode notes = json.putObject("notes");
      noted.forEach(each -> notes.put(name(each.operator()), each.note()));
    }
    ArrayNode questions = json.putArray("questions");
    iteration.questions().forEach(question -> describe(question, questions.addObject()));
  }

  private void describe(AskedQuestion question, ObjectNode json) {
    Spending spending = question.spending();
    json.put("operator", name(question.operator()))
        .put("number", question.number())
        .put("model", question.model())
        .put("promptSha256", question.exchange().promptSha256())
        .put("finishReason", question.finishReason())
        .put("inputTokens", spending.inputTokens())
        .put("outputTokens", spending.outputTokens())
        .put(
            "cost",
            new LlmUse(spending, search.limits()).isPriced() ? (Double) spending.cost() : null)
        .put("lists", question.found())
        .put("used", question.used())
        .put("usedAsTheyCame", question.usedAsTheyCame())
        .put("repairDistance", question.repairDistance());
    ObjectNode verdicts = json.putObject("notUsed");
    question.verdicts().forEach(verdicts::put);
    if (full) {
      json.put("prompt", question.prompt()).put("answer", question.text());
    }
  }

  private static String name(Operator operator) {
    return operator.name().toLowerCase(Locale.ROOT);
  }
}
