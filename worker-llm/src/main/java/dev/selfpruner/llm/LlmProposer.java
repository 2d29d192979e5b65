package dev.selfpruner.llm;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.llm.answer.AnswerJudge;
import dev.selfpruner.llm.answer.JudgedList;
import dev.selfpruner.llm.chat.Answer;
import dev.selfpruner.llm.chat.LanguageModel;
import dev.selfpruner.llm.chat.Question;
import dev.selfpruner.llm.operators.CandidatePool;
import dev.selfpruner.llm.operators.ProposalTask;
import dev.selfpruner.llm.prompt.Prompts;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks an LLM for candidates, and again for those that its answer left missing. Every exchange is
 * stored before the next question is asked, so a retry goes on from the last answer.
 */
final class LlmProposer {
  /** The first question and two more for what is missing. */
  private static final int ROUNDS = 3;

  private static final Logger log = LoggerFactory.getLogger(LlmProposer.class);

  private final Artifacts artifacts;
  private final LanguageModel languageModel;
  private final String modelName;
  private final Runnable mayGoOn;

  /**
   * @param mayGoOn called before each question; throws if the activity was cancelled
   */
  LlmProposer(
      Artifacts artifacts, LanguageModel languageModel, String modelName, Runnable mayGoOn) {
    this.artifacts = artifacts;
    this.languageModel = languageModel;
    this.modelName = modelName;
    this.mayGoOn = mayGoOn;
  }

  /** Fills the pool as far as the LLM's answers can be used. */
  void fill(CandidatePool pool, ProposalTask task, ProposalRequest request, Prompts prompts) {
    AnswerJudge judge = new AnswerJudge(task.budget(), modelName);
    Set<String> problems = new LinkedHashSet<>();
    for (int round = 0; round < ROUNDS && pool.missing() > 0; round++) {
      IndexKey key =
          SearchIndex.transcript(
              request.searchKey(), request.iteration(), request.operator(), round);
      String prompt =
          round == 0
              ? prompts.first(task.count())
              : prompts.again(
                  pool.missing(),
                  pool.candidates().stream().map(Candidate::rates).toList(),
                  new ArrayList<>(problems));
      Optional<Exchange> earlier = artifacts.find(key, Exchange.class);
      Answer answer = earlier.map(Exchange::answer).orElseGet(() -> ask(prompt));
      List<JudgedList> lists = judge.judge(answer.text(), pool);
      if (earlier.isEmpty()) {
        keep(key, prompt, answer, lists);
      }
      problems.addAll(AnswerJudge.problems(lists));
      if (answer.finishReason().equals(Answer.CUT_OFF)) {
        problems.add("the answer was too long and was cut off: write the lists and nothing else");
      }
      report(request, round, answer, pool.missing());
    }
  }

  private Answer ask(String prompt) {
    mayGoOn.run();
    return languageModel.ask(new Question(prompt, 1, 1, 1));
  }

  private void keep(IndexKey key, String prompt, Answer answer, List<JudgedList> lists) {
    Exchange exchange = new Exchange(modelName, Digests.sha256(prompt), prompt, answer, lists);
    Exchange unused = artifacts.putIfAbsent(key, exchange, Exchange.class);
  }

  private static void report(ProposalRequest request, int round, Answer answer, int missing) {
    log.info(
        "iteration {}, {}, question {}: {} answered with {} tokens, {} of {} candidates missing",
        request.iteration(),
        request.operator(),
        round + 1,
        answer.model(),
        answer.outputTokens(),
        missing,
        request.count());
  }
}
