package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.llm.chat.ChatFailures;
import io.temporal.failure.ApplicationFailure;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private final ApplicationFailure timeout =
      ApplicationFailure.newFailure("m at x: no answer in time", ChatFailures.TIMEOUT);
  private final ApplicationFailure outage =
      ApplicationFailure.newFailure("m at x: HTTP 503", "LlmServerError");

  @Test
  void anAnswerThatNeverComesInTimeEndsTheSearch() {
    assertThat(Patience.withAnswers(timeout, Patience.ATTEMPTS_AT_AN_ANSWER - 1)).isSameAs(timeout);

    ApplicationFailure last = Patience.withAnswers(timeout, Patience.ATTEMPTS_AT_AN_ANSWER);

    assertThat(last.isNonRetryable()).isTrue();
    assertThat(last.getType()).isEqualTo(ChatFailures.TIMEOUT);
    assertThat(last.getOriginalMessage())
        .isEqualTo(
            "m at x: no answer in time - tried 5 times: ask for shorter answers (--llm-max-tokens), or of a faster server");
  }

  @Test
  void anOutageInTheMiddleIsWaitedFor() {
    assertThat(Patience.withAnswers(outage, 1_000)).isSameAs(outage);
  }

  @Test
  void anEndpointThatIsNotThereEndsASearchBeforeItBegins() {
    assertThat(Patience.withAnEndpoint(outage, 2)).isSameAs(outage);
    assertThat(Patience.withAnEndpoint(outage, 3).isNonRetryable()).isTrue();
  }
}
