package dev.selfpruner.infra.inspect;

import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.llm.Exchange;
import dev.selfpruner.llm.answer.JudgedList;
import dev.selfpruner.llm.chat.Answer;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A question to an LLM, as the store has it: the one place that knows a transcript's fields.
 *
 * @param number of the question within its proposal, from 0
 */
public record AskedQuestion(int iteration, Operator operator, int number, Exchange exchange) {
  /** What a repair may move a rate without being one: half of the last digit that matters. */
  static final double NO_REPAIR = 0.0005;

  /** Whether the question is for what an earlier answer should have given. */
  public boolean again() {
    return exchange.kind() == Exchange.Kind.AGAIN;
  }

  /** The model that the endpoint says has answered. */
  public String model() {
    return answer().model();
  }

  /** The first digits of the prompt's digest. */
  public String promptDigest() {
    return exchange.promptSha256().substring(0, 12);
  }

  public String finishReason() {
    return answer().finishReason();
  }

  public String prompt() {
    return exchange.prompt();
  }

  /** The answer as it came. */
  public String text() {
    return answer().text();
  }

  /** Lists found in the answer. */
  public int found() {
    return exchange.lists().size();
  }

  /** Lists that became candidates. */
  public int used() {
    return (int) usedLists().count();
  }

  /** Lists that became candidates as they were. */
  public int usedAsTheyCame() {
    return (int) usedLists().filter(list -> list.repairDistance() < NO_REPAIR).count();
  }

  /** Mean over the lists used of how far the repair moved a rate; 0 where none was used. */
  public double repairDistance() {
    return usedLists().mapToDouble(JudgedList::repairDistance).average().orElse(0.0);
  }

  /** Why lists were not used, and how many for each reason. */
  public Map<String, Integer> verdicts() {
    Map<String, Integer> verdicts = new TreeMap<>();
    for (JudgedList list : exchange.lists()) {
      if (!list.isUsed()) {
        verdicts.merge(list.verdict(), 1, Integer::sum);
      }
    }
    return verdicts;
  }

  /** What it came to. */
  public Spending spending() {
    return new Spending(1, answer().inputTokens(), answer().outputTokens(), exchange.cost());
  }

  private Answer answer() {
    return exchange.answer();
  }

  private Stream<JudgedList> usedLists() {
    return exchange.lists().stream().filter(JudgedList::isUsed);
  }
}
