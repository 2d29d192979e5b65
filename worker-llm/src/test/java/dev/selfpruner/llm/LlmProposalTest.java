package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.llm.answer.JudgedList;
import dev.selfpruner.llm.chat.Answer;
import dev.selfpruner.llm.testing.FakeLlmServer;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the activity makes of the answers of a server that speaks OpenAI's protocol. */
class LlmProposalTest {
  private final LlmWorker worker = new LlmWorker();

  @Test
  void goodAnswersBecomeCandidatesOnTheBudget() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying(Reply.text(LlmWorker.GOOD))) {
      Proposal proposal = worker.propose(worker.requests(server).initialise(2));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(worker.candidates(proposal))
          .extracting(Candidate::id)
          .containsExactly("i00-initialise-00", "i00-initialise-01");
      assertThat(worker.candidates(proposal).get(0).rates().rates())
          .usingComparatorForType(
              (a, b) -> Math.abs(a - b) < 1e-9 ? 0 : Double.compare(a, b), Double.class)
          .containsExactly(0.1, 0.2, 0.4, 0.5);
      assertThat(worker.candidates(proposal))
          .allSatisfy(
              candidate -> assertThat(candidate.lineage().source()).isEqualTo(LlmWorker.MODEL));
      FakeLlmServer.Request request = server.requests().get(0);
      assertThat(request.authorization()).isEqualTo("Bearer " + LlmWorker.KEY);
      assertThat(request.body().path("model").asText()).isEqualTo(LlmWorker.MODEL);
      assertThat(request.body().path("temperature").asDouble()).isEqualTo(0.7);
      assertThat(request.body().path("max_tokens").asInt()).isEqualTo(2_000);
      assertThat(request.prompt()).contains("little-llama", "4 decimal fractions", "2 lists");
    }
  }

  @Test
  void aProposalIsAskedForOnce() {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying(Reply.text(LlmWorker.GOOD))) {
      Proposal proposal = worker.propose(worker.requests(server).initialise(2));

      assertThat(worker.propose(worker.requests(server).initialise(2))).isEqualTo(proposal);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void listsAreFoundInProse() {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text(
                "<think>[0.3, 0.2]</think>Of course:\n```\n" + LlmWorker.GOOD + "\n```\nEnjoy!"))) {
      assertThat(worker.propose(worker.requests(server).initialise(2)).fallbacks()).isZero();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void ratesOffTheMeanAreRepairedAndTheRepairIsRecorded() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying(Reply.text("[0.2, 0.3, 0.5, 0.6]"))) {
      Proposal proposal = worker.propose(worker.requests(server).initialise(1));

      Candidate candidate = worker.candidates(proposal).get(0);
      assertThat(candidate.rates().mean()).isCloseTo(0.3, within(1e-9));
      Exchange exchange = worker.exchange(Operator.INITIALISE, 0, 0).orElseThrow();
      assertThat(exchange.prompt()).isEqualTo(server.requests().get(0).prompt());
      assertThat(exchange.promptSha256()).isEqualTo(Digests.sha256(exchange.prompt()));
      assertThat(exchange.model()).isEqualTo(LlmWorker.MODEL);
      assertThat(exchange.answer())
          .isEqualTo(
              new Answer("[0.2, 0.3, 0.5, 0.6]", LlmWorker.MODEL + "-2026", "stop", 11, 22, false));
      assertThat(exchange.lists())
          .singleElement()
          .satisfies(
              list -> {
                assertThat(list.values()).containsExactly(0.2, 0.3, 0.5, 0.6);
                assertThat(list.repaired()).isEqualTo(candidate.rates().rates());
                assertThat(list.repairDistance()).isCloseTo(0.1, within(1e-9));
                assertThat(list.verdict()).isEqualTo(JudgedList.USED);
              });
    }
  }

  @Test
  void unusableListsAreAskedForAgainWithTheReasons() {
    String bad =
        """
        [0.1, 0.2, 0.4]
        [NaN, 0.2, 0.4, 0.5]
        [30, 20, 40, 30]
        [0.3, 0.3, 0.3, 0.3]
        [0.1, 0.2, 0.4, 0.5]
        [0.1, 0.2, 0.4, 0.5]
        """;
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text(bad), Reply.text("[0.20000, 0.40000, 0.40000, 0.20000]"))) {
      Proposal proposal = worker.propose(worker.requests(server).initialise(2));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(server.requests()).hasSize(2);
      assertThat(server.requests().get(1).prompt())
          .contains(
              """
              - a list had 3 numbers, not 4
              - a list had values that are no finite numbers
              - a list had numbers below 0, or of 1 and more (rates are not per cents)
              - a list had the same rate for every layer
              - a list repeated another one

              1 list must still be found. These were accepted already and must not come again:
              [0.10000, 0.20000, 0.40000, 0.50000]""");
    }
  }

  @Test
  void afterThreeUselessAnswersTheBuiltInOperatorStandsIn() throws IOException {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text("[0.1, 0.2, 0.4, 0.5]"), Reply.text("I'm sorry."), Reply.text(""))) {
      Proposal proposal = worker.propose(worker.requests(server).initialise(3));

      assertThat(server.requests()).hasSize(3);
      assertThat(proposal.fallbacks()).isEqualTo(2);
      assertThat(worker.candidates(proposal))
          .extracting(candidate -> candidate.lineage().source())
          .containsExactly(LlmWorker.MODEL, "built-in for test-model", "built-in for test-model");
      assertThat(proposal.withoutFallbacks()).containsExactly("i00-initialise-00");
      assertThat(worker.exchange(Operator.INITIALISE, 0, 2)).isPresent();
      assertThat(worker.exchange(Operator.INITIALISE, 0, 3)).isEmpty();
    }
  }

  @Test
  void copiesOfParentsAreRejected() throws IOException {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text(LlmWorker.GOOD),
            Reply.text(LlmWorker.GOOD),
            Reply.text("[0.5, 0.1, 0.1, 0.5]"))) {
      Proposal first = worker.propose(worker.requests(server).initialise(2));
      ArtifactRef population =
          worker
              .requests(server)
              .put(
                  new Population(
                      0,
                      worker.candidates(first).stream()
                          .map(candidate -> new Individual(candidate, 10.5))
                          .toList()));

      Proposal mutants =
          worker.propose(worker.requests(server).vary(1, Operator.MUTATE, 1, population));

      assertThat(mutants.fallbacks()).isZero();
      assertThat(mutants.ids()).containsExactly("i01-mutate-00");
      assertThat(server.requests().get(1).prompt())
          .contains("1. [0.10000, 0.20000, 0.40000, 0.50000]  fitness: 10.5000");
      assertThat(server.requests().get(2).prompt())
          .contains("- a list repeated one of the configurations given");
    }
  }

  @Test
  void anAnswerCutOffKeepsItsCompleteLists() {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.cutOff("[0.1, 0.2, 0.4, 0.5]\n[0.2, 0.4, 0."), Reply.text(LlmWorker.GOOD))) {
      Proposal proposal = worker.propose(worker.requests(server).initialise(2));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(server.requests().get(1).prompt())
          .contains("[0.10000, 0.20000, 0.40000, 0.50000]")
          .as("it did nothing wrong")
          .doesNotContain("cut off");
    }
  }

  @Test
  void aModelThatRefusesIsReplacedByTheBuiltInOperator() {
    String refusal =
        """
        {"choices": [{"index": 0, "message": {"role": "assistant", "refusal": "I won't"}}]}
        """;
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(Reply.ok(refusal), Reply.ok(refusal), Reply.ok(refusal))) {
      assertThat(worker.propose(worker.requests(server).initialise(2)).fallbacks()).isEqualTo(2);
    }
  }

  @Test
  void aWellBehavedModelIsAskedOnceAProposal() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      Proposal first = worker.propose(worker.requests(server).initialise(12));
      ArtifactRef population =
          worker
              .requests(server)
              .put(
                  new Population(
                      0,
                      worker.candidates(first).stream()
                          .map(candidate -> new Individual(candidate, 10.5))
                          .toList()));
      Proposal children =
          worker.propose(worker.requests(server).vary(1, Operator.CROSS_OVER, 10, population));

      assertThat(first.ids()).hasSize(12);
      assertThat(children.ids()).hasSize(10);
      assertThat(first.fallbacks() + children.fallbacks()).isZero();
      assertThat(server.requests()).hasSize(2);
    }
  }
}
