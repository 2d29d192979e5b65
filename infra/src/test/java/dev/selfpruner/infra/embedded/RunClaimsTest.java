package dev.selfpruner.infra.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.search.RunInputs;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.llm.SearchIndex;
import dev.selfpruner.workflows.SearchSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunClaimsTest {
  private static final RunInputs BEFORE = new RunInputs("", "calibration", "model");
  private static final RunInputs AFTER = new RunInputs("", "other calibration", "other model");

  @TempDir private Path folder;
  private final SearchSpec spec = Specs.measured();
  private ArtifactStore store;
  private RunClaims claims;

  @BeforeEach
  void open() throws Exception {
    store = ArtifactStores.directory(folder);
    claims = new RunClaims(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void theSameInputsAreTheSameRun() throws Exception {
    assertThat(claims.claim(spec, BEFORE)).isEqualTo(1);
    assertThat(claims.claim(spec, BEFORE)).isEqualTo(1);
    assertThat(claims.of(spec)).contains(BEFORE);
  }

  @Test
  void aChangedModelIsAnotherRunAndTheFirstIsFoundAgainWithIt() throws Exception {
    assertThat(claims.claim(spec, BEFORE)).isEqualTo(1);
    assertThat(claims.claim(spec, AFTER)).isEqualTo(2);
    assertThat(claims.claim(spec.withRun(2), AFTER)).isEqualTo(2);
    assertThat(claims.claim(spec, BEFORE)).isEqualTo(1);
  }

  @Test
  void everyOwnerHasARunOfItsOwn() throws Exception {
    assertThat(claims.claim(spec, BEFORE)).isEqualTo(1);
    assertThat(claims.claim(spec, BEFORE.ownedBy("nightly-1"))).isEqualTo(2);
    assertThat(claims.claim(spec, BEFORE.ownedBy("nightly-2"))).isEqualTo(3);
    assertThat(claims.claim(spec, BEFORE.ownedBy("nightly-1"))).as("goes on").isEqualTo(2);
    assertThat(claims.claim(spec.withRun(2), BEFORE)).as("anyone's").isEqualTo(2);
  }

  @Test
  void runsOfEarlierVersionsGoOnButAreNoOwners() throws Exception {
    store.index(SearchIndex.population(spec.key(), 0), store.put(new byte[] {1}));

    assertThat(claims.claim(spec, BEFORE.ownedBy("nightly-1"))).isEqualTo(2);
    assertThat(claims.claim(spec, BEFORE)).isEqualTo(1);
  }
}
