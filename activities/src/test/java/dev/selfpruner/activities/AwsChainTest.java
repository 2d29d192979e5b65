package dev.selfpruner.activities;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AwsChainTest {
  private static final String FILE = "aws.sharedCredentialsFile";
  private static final String SECRET = "of-a-file/0123456789";
  private static final String TOKEN = "a-token-of-a-file";

  @TempDir private Path folder;

  @BeforeEach
  void nameAFile() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    String unused = System.setProperty(FILE, folder.resolve("credentials").toString());
  }

  @AfterEach
  void forgetIt() {
    System.clearProperty(FILE);
  }

  @Test
  void readsAFileWhenItIsAskedAndTellsWhatIsSecretInIt() throws Exception {
    try (AwsChain chain = new AwsChain()) {
      String content =
          """
          [default]
          aws_access_key_id = AKIDOFAFILE
          aws_secret_access_key = %s
          aws_session_token = %s
          """;
      Files.writeString(folder.resolve("credentials"), content.formatted(SECRET, TOKEN));

      assertThat(LoadedSecrets.all()).doesNotContain(SECRET, TOKEN);
      assertThat(chain.resolveCredentials().accessKeyId()).isEqualTo("AKIDOFAFILE");
      assertThat(LoadedSecrets.all()).contains(SECRET, TOKEN).doesNotContain("AKIDOFAFILE");
    }
  }

  @Test
  void theLatestHundredOfTheseAreKnownAndAllThatFilesGave() {
    LoadedSecrets.add("a-key-for-payloads\n");
    LoadedSecrets.addPassing("a-token-in-use");
    for (int i = 0; i < 150; i++) {
      LoadedSecrets.addPassing(" a-rotated-token-%03d\n".formatted(i));
      LoadedSecrets.addPassing("a-token-in-use");
    }
    LoadedSecrets.add("none");
    LoadedSecrets.addPassing("none");

    List<String> known = LoadedSecrets.all();
    assertThat(known)
        .contains("a-key-for-payloads", "a-token-in-use")
        .contains("a-rotated-token-149", "a-rotated-token-051")
        .doesNotContain("a-rotated-token-050", "none");
  }
}
