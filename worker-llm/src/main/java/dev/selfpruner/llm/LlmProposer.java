package dev.selfpruner.llm;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.llm.Exchange.Kind;
import dev.selfpruner.llm.answer.AnswerJudge;
import dev.selfpruner.llm.answer.JudgedList;
import dev.selfpruner.llm.chat.Answer;
import dev.selfpruner.llm.chat.Question;
import dev.selfpruner.llm.operators.CandidatePool;
import dev.selfpruner.llm.operators.ProposalTask;
import dev.selfpruner.llm.prompt.Prompts;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks an LLM for candidates: in several questions where they don't fit into one answer, and again
 * for those that its answers left missing. Every exchange is stored before the next question is
 * asked, so a retry goes on from the last answer.
 */
final class LlmProposer {
  /** How often a question is asked again with the reason. */
  private static final int MOST_REPETITIONS = 2;

  private static final String ANSWERED_ELSEWHERE = "LlmAnsweredElsewhere";

  private static final Logger log = LoggerFactory.getLogger(LlmProposer.class);

  /** Whom to ask. */
  interface Endpoint {
    Answer ask(Question question);
  }

  private final Artifacts artifacts;
  private final Endpoint endpoint;
  private final LargeLanguageModel llm;
  private final ProposalRequest request;
  private final CandidatePool pool;
  private final Prompts prompts;
  private final AnswerJudge judge;
  private final Account account;
  private final AnswerSize size;
  private int questions;

  LlmProposer(
      Artifacts artifacts,
      Endpoint endpoint,
      LargeLanguageModel llm,
      ProposalRequest request,
      ProposalTask task,
      CandidatePool pool,
      Prompts prompts,
      Account account) {
    this.artifacts = artifacts;
    this.endpoint = endpoint;
    this.llm = llm;
    this.request = request;
    this.pool = pool;
    this.prompts = prompts;
    this.judge = new AnswerJudge(task.budget(), llm.model());
    this.account = account;
    this.size = new AnswerSize(llm.answerFormat(), task.layers(), llm.maxOutputTokens());
  }

  /** Fills the pool as far as the LLM's answers can be used, and as the account pays for them. */
  void fill() {
    int givenUp = 0;
    while (pool.missing() > givenUp && account.exhausted().isEmpty()) {
      int wanted = Math.min(pool.missing() - givenUp, size.lists());
      int missing = ask(wanted);
      givenUp += missing;
      if (missing == wanted) {
        return; // nothing in three answers can be used: more of them would cost, and bring as much
      }
    }
  }

  /**
   * Asks for so many lists, and again for what is missing of them.
   *
   * @return how many are missing in the end
   */
  private int ask(int wanted) {
    int goal = pool.missing() - wanted;
    int most = wanted;
    int repetitions = 0;
    Kind kind = questions == 0 ? Kind.FIRST : Kind.CONTINUED;
    Set<String> problems = new LinkedHashSet<>();
    while (pool.missing() > goal) {
      int count = Math.min(Math.min(pool.missing() - goal, most), size.lists());
      Optional<Exchange> exchange = exchange(kind, count, problems);
      if (exchange.isEmpty()) {
        break;
      }
      boolean cutOff = exchange.get().answer().finishReason().equals(Answer.CUT_OFF);
      boolean kept = exchange.get().used() >= count || (cutOff && exchange.get().used() > 0);
      if (kept) { // all that was asked for, or all that there was room for
        kind = Kind.CONTINUED;
      } else if (repetitions == MOST_REPETITIONS) {
        break;
      } else {
        kind = Kind.AGAIN;
        repetitions++;
        problems.addAll(problems(exchange.get(), cutOff));
        most = cutOff ? Math.max(1, count / 2) : most;
      }
    }
    return Math.max(0, pool.missing() - goal);
  }

  private static List<String> problems(Exchange exchange, boolean cutOff) {
    List<String> problems = new ArrayList<>(AnswerJudge.problems(exchange.lists()));
    if (cutOff) {
      problems.add("the answer was too long and was cut off: write the lists and nothing else");
    }
    return problems;
  }

  /** Asks a question, or finds it answered; nothing where the account doesn't pay for it. */
  private Optional<Exchange> exchange(Kind kind, int count, Set<String> problems) {
    String searchKey = llm.isRecorded() ? llm.answersOf() : request.searchKey();
    IndexKey key =
        SearchIndex.transcript(searchKey, request.iteration(), request.operator(), questions);
    String prompt = prompt(kind, count, problems);
    Optional<Exchange> earlier = artifacts.find(key, Exchange.class);
    Optional<Answer> answer = earlier.map(Exchange::answer).or(() -> answer(prompt, count));
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    double cost = earlier.map(Exchange::cost).orElseGet(() -> account.cost(answer.get()));
    if (!llm.isRecorded()) {
      account.enter(answer.get(), cost);
    }
    List<JudgedList> lists = judge.judge(answer.get().text(), pool);
    size.learn(answer.get(), lists);
    questions++;
    Exchange exchange =
        new Exchange(
            llm.model(),
            kind,
            prompts.templates(),
            Digests.sha256(prompt),
            prompt,
            count,
            answer.get(),
            cost,
            lists);
    if (earlier.isEmpty()) {
      keep(key, exchange);
    }
    report(exchange);
    return Optional.of(exchange);
  }

  /** Two attempts may ask at once: what goes on is what is recorded. */
  private void keep(IndexKey key, Exchange exchange) {
    Exchange kept = artifacts.putIfAbsent(key, exchange, Exchange.class);
    if (!kept.answer().equals(exchange.answer())) {
      throw ApplicationFailure.newFailure(
          "another attempt has asked the same and was answered first: its answer is used",
          ANSWERED_ELSEWHERE);
    }
  }

  private String prompt(Kind kind, int count, Set<String> problems) {
    List<LayerRates> taken = pool.candidates().stream().map(Candidate::rates).toList();
    return switch (kind) {
      case FIRST -> prompts.first(count);
      case CONTINUED -> prompts.continued(count, taken);
      case AGAIN -> prompts.again(count, taken, List.copyOf(problems));
    };
  }

  private Optional<Answer> answer(String prompt, int count) {
    OptionalInt longest =
        account.affordable(
            size.mostInputTokens(prompt), llm.maxOutputTokens(), size.tokensPerList());
    return longest.isEmpty()
        ? Optional.empty()
        : Optional.of(endpoint.ask(new Question(prompt, count, pool.layers(), longest.getAsInt())));
  }

  private void report(Exchange exchange) {
    log.info(
        "iteration {}, {}, question {} ({}): {} answered with {} tokens, {} of {} candidates missing",
        request.iteration(),
        request.operator(),
        questions,
        exchange.kind(),
        exchange.answer().model(),
        exchange.answer().outputTokens(),
        pool.missing(),
        request.count());
  }
}
