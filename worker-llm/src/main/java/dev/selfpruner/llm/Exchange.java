package dev.selfpruner.llm;

import dev.selfpruner.llm.answer.JudgedList;
import dev.selfpruner.llm.chat.Answer;
import java.util.List;
import java.util.Optional;

/**
 * A question to an LLM, its answer, and what was made of it: kept for people, and so that a retried
 * proposal doesn't ask the same again.
 *
 * @param model the endpoint's name for the model that was asked
 * @param kind why it was asked
 * @param templates digest of the templates that the prompt was written from; empty (or null) where
 *     it isn't known
 * @param promptSha256 digest of the prompt
 * @param prompt what was asked
 * @param asked lists that were asked for
 * @param answer what came back, as it came
 * @param cost US dollars; 0 where the price isn't known
 * @param lists the lists found in the answer, with what became of each
 */
public record Exchange(
    String model,
    Kind kind,
    String templates,
    String promptSha256,
    String prompt,
    Integer asked,
    Answer answer,
    Double cost,
    List<JudgedList> lists) {

  /** Why a question was asked. */
  public enum Kind {
    /** It is a proposal's first. */
    FIRST,
    /** Not all lists fit into one answer, or one was cut off: nothing was wrong. */
    CONTINUED,
    /** Lists of the answer before could not be used. */
    AGAIN
  }

  public Exchange {
    kind = Optional.ofNullable(kind).orElse(Kind.FIRST);
    templates = Optional.ofNullable(templates).orElse("");
    asked = Optional.ofNullable(asked).orElse(lists.size());
    cost = Optional.ofNullable(cost).orElse(0.0);
    lists = List.copyOf(lists);
  }

  /** Lists of the answer that became candidates. */
  int used() {
    return (int) lists.stream().filter(JudgedList::isUsed).count();
  }
}
