package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.workflows.SpendingView;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtendCommandTest {
  @Test
  void saysAllThatMayEndTheSearch() {
    assertThat(ExtendCommand.ending(view(Stopping.NEVER, LlmLimits.NONE)))
        .isEqualTo("it ends after iteration 20");
    assertThat(
            ExtendCommand.ending(
                view(
                    new Stopping(25_000_000L, null, null, 3),
                    new LlmLimits(null, 2.5, List.of(new Price(1.0, 2.0))))))
        .isEqualTo(
            "it ends after iteration 20, or before it by the limit of 25,000,000 tokens or no new best candidate for 3 iterations or the limit of 2.5000 US dollars");
  }

  private static SpendingView view(Stopping stopping, LlmLimits limits) {
    return new SpendingView(Spending.NOTHING, limits, 0L, 0, stopping, 20);
  }
}
