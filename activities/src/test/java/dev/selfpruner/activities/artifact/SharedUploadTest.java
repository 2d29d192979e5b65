package dev.selfpruner.activities.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writers that go on with the same upload. */
final class SharedUploadTest {
  private static final int PART = 1 << 20;

  @TempDir private Path folder;

  @BeforeEach
  void provideCredentials() {
    System.setProperty("aws.accessKeyId", "access");
    System.setProperty("aws.secretAccessKey", "do-not-print");
  }

  @AfterEach
  void forgetCredentials() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AES256"})
  void findsTheOthersObjectWhereTheServerHangsUpOnAPart(String encryption) throws Exception {
    Path file = Files.write(folder.resolve("weights"), new byte[3 * PART]);
    PartedFile parts = PartedFile.read(file, PART);
    try (FakeMultipartServer server = FakeMultipartServer.start("", true);
        ArtifactStore store =
            S3ArtifactStore.open(
                server.location().withEncryption(BucketEncryption.parse(encryption)),
                PART,
                Reuse.REFRESH)) {
      server.takeParts(1);
      assertThatThrownBy(() -> store.put(file)).isInstanceOf(StoreUnavailableException.class);
      server.recover();
      server.letAnotherComplete(parts.bytes(), parts.composedChecksum());

      assertThat(store.put(file).sha256()).isEqualTo(parts.sha256());

      assertThat(server.sent()).isEmpty();
    }
  }
}
