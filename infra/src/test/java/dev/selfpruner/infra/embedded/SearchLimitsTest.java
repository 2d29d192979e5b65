package dev.selfpruner.infra.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.workflows.SearchSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class SearchLimitsTest {
  @Test
  void areThoseOfTheLlmWhereNothingElseEndsASearch() {
    SearchSpec spec = Specs.llm();
    assertThat(SearchLimits.digest(spec)).isEqualTo(spec.limits().key());
  }

  @Test
  void differWithEveryLimit() {
    SearchSpec spec = Specs.builtIn();
    SearchSpec less = spec.withStopping(new Stopping(5L, null, null, null));
    SearchSpec more = spec.withStopping(new Stopping(6L, null, null, null));
    assertThat(
            List.of(
                SearchLimits.digest(spec), SearchLimits.digest(less), SearchLimits.digest(more)))
        .doesNotHaveDuplicates();
    assertThat(SearchLimits.digest(less))
        .isEqualTo(SearchLimits.digest(spec.withStopping(new Stopping(5L, null, null, null))));
    assertThat(SearchLimits.digest(List.of(spec, less)))
        .isNotEqualTo(SearchLimits.digest(List.of(spec, more)))
        .isNotEqualTo(SearchLimits.digest(List.of(spec, spec)));
  }
}
