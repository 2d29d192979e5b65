package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.llm.Exchange.Kind;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.llm.testing.Reply;
import dev.selfpruner.llm.testing.Requests;
import dev.selfpruner.llm.testing.WellBehaved;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a proposal is put into questions, and what it may cost. */
class LlmQuestionsTest {
  private static final int LAYERS = 4;

  /** Room for one list of four rates at seven tokens a rate. */
  private static final int ONE_LIST = 40;

  private final LlmWorker worker = new LlmWorker();

  @Test
  void aProposalThatDoesNotFitIntoOneAnswerIsSplit() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      Proposal proposal = worker.propose(requests(server, ONE_LIST).initialise(3));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(proposal.ids()).hasSize(3);
      assertThat(exchanges())
          .extracting(Exchange::kind)
          .containsExactly(Kind.FIRST, Kind.CONTINUED, Kind.CONTINUED);
      assertThat(exchanges()).extracting(Exchange::asked).containsOnly(1);
      assertThat(server.requests().get(0).body().path("max_tokens").asInt()).isEqualTo(ONE_LIST);
    }
  }

  @Test
  void thirtyVectorsOfEightyRatesGoIntoSeveralQuestions() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      Requests requests = new Requests(worker.store(), Models.small(80), generator(server, 4_096));

      Proposal proposal = worker.propose(requests.initialise(30));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(proposal.ids()).hasSize(30);
      assertThat(exchanges().get(0).asked()).isBetween(4, 8);
    }
  }

  @Test
  void anAnswerCutOffAgainAndAgainIsGoneOnWithAsLongAsItBringsSomething() throws IOException {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.cutOff(list(1)),
            Reply.cutOff(list(2)),
            Reply.cutOff(list(3)),
            Reply.cutOff(list(4)),
            Reply.text(list(5)))) {
      Proposal proposal = worker.propose(requests(server, 2_000).initialise(5));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(exchanges()).hasSize(5);
    }
  }

  @Test
  void anAnswerCutOffBeforeItsFirstListCountsAndIsAskedForLess() throws IOException {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.cutOff("<think>Let me see"),
            Reply.cutOff("<think>Let me see"),
            Reply.cutOff("<think>Let me see"))) {
      Proposal proposal = worker.propose(requests(server, 2_000).initialise(8));

      assertThat(proposal.fallbacks()).isEqualTo(8);
      assertThat(exchanges()).extracting(Exchange::asked).containsExactly(8, 4, 2);
      assertThat(exchanges())
          .extracting(Exchange::kind)
          .containsExactly(Kind.FIRST, Kind.AGAIN, Kind.AGAIN);
    }
  }

  @Test
  void anAnswerThatGivesAllThatWasAskedForIsNeverHeldAgainstTheLlm() throws IOException {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.wellBehavedAfter(
            Reply.cutOff("<think>Let me see"), Reply.cutOff("<think>Let me see"))) {
      Proposal proposal = worker.propose(requests(server, 2_000).initialise(8));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(exchanges()).extracting(Exchange::asked).startsWith(8, 4, 2);
      assertThat(exchanges().stream().map(Exchange::kind).skip(3))
          .isNotEmpty()
          .containsOnly(Kind.CONTINUED);
    }
  }

  @Test
  void theBillIsTheSumOverTheTranscripts() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter(Reply.text("Hm."))) {
      LlmLimits priced = new LlmLimits(null, null, List.of(new Price(2.0, 8.0)));
      Requests requests = requests(server, 2_000).limitedTo(priced, Spending.NOTHING);

      Spending bill = worker.propose(requests.initialise(4)).spending();

      assertThat(bill.calls()).isEqualTo(2).isEqualTo(server.requests().size());
      assertThat(bill.inputTokens()).isEqualTo(22);
      assertThat(bill.outputTokens()).isEqualTo(44);
      assertThat(bill.cost()).isCloseTo((22 * 2.0 + 44 * 8.0) / 1e6, within(1e-12));
      assertThat(exchanges().stream().mapToDouble(Exchange::cost).sum())
          .isCloseTo(bill.cost(), within(1e-12));
    }
  }

  @Test
  void aLimitOfTokensEndsAProposalWithWhatItHas() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      Requests requests = requests(server, ONE_LIST);
      long prompt = AnswerSize.mostTokens(firstPrompt());
      LlmLimits limits = new LlmLimits(prompt + 1_050 + ONE_LIST, null, List.of());

      // What is left pays for the first question; the second has a longer prompt.
      Proposal proposal =
          worker.propose(requests.limitedTo(limits, new Spending(9, 500, 490, 0)).initialise(10));

      assertThat(proposal.isExhausted()).isTrue();
      assertThat(proposal.exhausted()).contains("LLM tokens");
      assertThat(proposal.ids()).isNotEmpty().hasSizeLessThan(10);
      assertThat(proposal.fallbacks()).as("no built-in operator works on").isZero();
      assertThat(server.requests()).hasSize(proposal.ids().size());
      assertThat(proposal.spending().tokens() + 990).isLessThanOrEqualTo(limits.tokens());

      Proposal more = worker.propose(requests.initialise(10));
      assertThat(more.isExhausted()).isFalse();
      assertThat(more.ids()).hasSize(10).startsWith(proposal.ids().toArray(new String[0]));
      assertThat(server.requests()).as("nothing was asked twice").hasSize(10);
      assertThat(more.spending().calls()).isEqualTo(10);
    }
  }

  @Test
  void aLimitOfCostIsKept() {
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      LlmLimits limits = new LlmLimits(null, 0.05, List.of(new Price(10.0, 20.0)));

      Proposal proposal =
          worker.propose(
              requests(server, ONE_LIST)
                  .limitedTo(limits, new Spending(1, 1, 1, 0.039))
                  .initialise(10));

      assertThat(proposal.exhausted()).contains("the limit of 0.0500 US dollars");
      assertThat(proposal.ids()).isNotEmpty().hasSizeLessThan(10);
    }
  }

  @Test
  void aLimitThatPaysForNothingIsAMistake() {
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      Requests requests =
          requests(server, 2_000).limitedTo(new LlmLimits(100L, null, List.of()), Spending.NOTHING);

      LlmWorker.Failed failed = worker.failure(requests.initialise(2), LlmWorker.PATIENT);

      assertThat(failed.type()).isEqualTo("LlmLimitTooLow");
      assertThat(failed.nonRetryable()).isTrue();
      assertThat(failed.message())
          .isEqualTo(
              "the limit of 100 LLM tokens (0 are spent) does not pay for a first candidate: raise it");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void recordedAnswersMakeTheSameCandidatesWithoutAnLlm() throws IOException {
    ProposalRequest recorded;
    LargeLanguageModel llm;
    Proposal proposal;
    try (FakeOpenAiServer server =
        FakeOpenAiServer.wellBehavedAfter(Reply.text("Hm."), Reply.cutOff(list(1)))) {
      llm = generator(server, 2_000);
      recorded = requests(server, 2_000).initialise(6);
      proposal = worker.propose(recorded);
    }

    Proposal replayed = worker.propose(as("another-search", llm.answering(Requests.SEARCH), 6));

    assertThat(replayed.candidates()).isEqualTo(proposal.candidates());
    assertThat(replayed.ids()).isEqualTo(proposal.ids());
    assertThat(replayed.spending()).as("nothing was asked").isEqualTo(Spending.NOTHING);
    LlmWorker.Failed failed =
        worker.failure(as("a-third", llm.answering("no-such-search"), 6), LlmWorker.PATIENT);
    assertThat(failed.type()).isEqualTo("LlmAnswerNotRecorded");
    assertThat(failed.nonRetryable()).isTrue();
  }

  private ProposalRequest as(String searchKey, Generator generator, int count) {
    ProposalRequest request =
        new Requests(worker.store(), Models.small(LAYERS), generator).initialise(count);
    return new ProposalRequest(
        searchKey,
        request.iteration(),
        request.operator(),
        request.count(),
        request.seed(),
        request.sparsity(),
        request.widthMultiple(),
        generator,
        request.limits(),
        request.spent(),
        request.model(),
        request.text(),
        request.calibration(),
        request.population());
  }

  private String firstPrompt() throws IOException {
    LlmWorker other = new LlmWorker();
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      Proposal unused =
          other.propose(
              new Requests(other.store(), Models.small(LAYERS), generator(server, ONE_LIST))
                  .initialise(10));
      return server.requests().get(0).prompt();
    }
  }

  private Requests requests(FakeOpenAiServer server, int maxOutputTokens) {
    return new Requests(worker.store(), Models.small(LAYERS), generator(server, maxOutputTokens));
  }

  private static LargeLanguageModel generator(FakeOpenAiServer server, int maxOutputTokens) {
    return LargeLanguageModel.compatible(server.baseUrl(), LlmWorker.MODEL, 1.0, maxOutputTokens);
  }

  private static String list(long seed) {
    return WellBehaved.lists(1, LAYERS, Requests.SPARSITY, seed);
  }

  private List<Exchange> exchanges() throws IOException {
    List<Exchange> exchanges = new ArrayList<>();
    Optional<Exchange> next = worker.exchange(Operator.INITIALISE, 0, 0);
    while (next.isPresent()) {
      exchanges.add(next.get());
      next = worker.exchange(Operator.INITIALISE, 0, exchanges.size());
    }
    return exchanges;
  }
}
