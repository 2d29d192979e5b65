package dev.selfpruner.activities.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads that were cut off, and are asked to be encrypted otherwise when they are tried again. */
final class EncryptedUploadTest {
  private static final int PART = 1 << 20;
  private static final int PARTS = 4;
  private static final String ARN = "arn:aws:kms:eu-west-1:1:key/";

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void writeFile() throws IOException {
    System.setProperty("aws.accessKeyId", "access");
    System.setProperty("aws.secretAccessKey", "do-not-print");
    byte[] content = new byte[(PARTS - 1) * PART + 1];
    new Random(1).nextBytes(content);
    file = Files.write(folder.resolve("weights"), content);
  }

  @AfterEach
  void forgetCredentials() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  /** The server encrypts what asks for nothing with keys of its own, as AWS does. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                  | aws:kms             | aws:kms ARNof-the-bucket | upload-2
          ''                  | AES256              | AES256                   | upload-1
          aws:kms             | aws:kms             | aws:kms ARNof-the-bucket | upload-1
          aws:kms:alias/ours  | aws:kms:alias/ours  | aws:kms ARNours          | upload-1
          aws:kms:alias/ours  | aws:kms:alias/yours | aws:kms ARNyours         | upload-2
          aws:kms             | aws:kms:dsse        | aws:kms:dsse ARNof-the-bucket | upload-2
          aws:kms             | ''                  | aws:kms ARNof-the-bucket | upload-1
          """)
  void goesOnWithAnUploadOnlyIfItIsEncryptedAsAsked(
      String before, String asked, String encryption, String upload) throws IOException {
    try (FakeMultipartServer server = FakeMultipartServer.start("AES256", true)) {
      cutOff(server, before, 2);

      put(server, asked);

      assertThat(server.encryption()).contains(encryption.replace("ARN", ARN));
      assertThat(server.sent())
          .as("of the old upload, a part that it lacked says how it is encrypted")
          .containsExactly(
              upload.equals("upload-1")
                  ? new String[] {"upload-1/3", "upload-1/4"}
                  : new String[] {
                    "upload-1/3", "upload-2/1", "upload-2/2", "upload-2/3", "upload-2/4"
                  });
      assertThat(server.unfinished()).isEmpty();
    }
  }

  @Test
  void asksAgainWhereEveryPartIsThereAlready() throws IOException {
    try (FakeMultipartServer server = FakeMultipartServer.start("AES256", true)) {
      server.refuseToComplete();
      cutOff(server, "", PARTS);

      put(server, "aws:kms");

      assertThat(server.sent()).startsWith("upload-1/4", "upload-2/1").hasSize(1 + PARTS);
      assertThat(server.encryption()).contains("aws:kms " + ARN + "of-the-bucket");
    }
  }

  @Test
  void sendsAnewWhereTheServerDoesNotSay() throws IOException {
    try (FakeMultipartServer server = FakeMultipartServer.start("", false)) {
      cutOff(server, "", 2);

      put(server, "AES256");

      assertThat(server.encryption()).contains("AES256");
      assertThat(server.unfinished()).isEmpty();
    }
  }

  @Test
  void goesOnWithItsOwnUploadAfterThat() throws IOException {
    try (FakeMultipartServer server = FakeMultipartServer.start("AES256", true)) {
      cutOff(server, "", 2);
      cutOff(server, "aws:kms", 1 + 2);
      assertThat(server.unfinished())
          .as("the old one may be a living writer's, with other keys")
          .containsExactly("upload-1", "upload-2");

      put(server, "aws:kms");

      assertThat(server.sent()).containsExactly("upload-1/4", "upload-2/3", "upload-2/4");
      assertThat(server.encryption()).contains("aws:kms " + ARN + "of-the-bucket");
      assertThat(server.unfinished()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"KMS.DisabledException", "AccessDenied", "NoSuchUpload"})
  void sendsAnewWhereAnOldUploadTakesNoPart(String code) throws IOException {
    try (FakeMultipartServer server = FakeMultipartServer.start("AES256", true)) {
      cutOff(server, "aws:kms:alias/ours", 2);
      server.refuse("upload-1", code);

      put(server, "aws:kms:alias/yours");

      assertThat(server.encryption()).contains("aws:kms " + ARN + "yours");
      assertThat(server.sent())
          .containsExactly("upload-2/1", "upload-2/2", "upload-2/3", "upload-2/4");
    }
  }

  @Test
  void attemptsAtAServerThatTakesNothingLeaveNoUploads() throws IOException {
    try (FakeMultipartServer server = FakeMultipartServer.start("AES256", true)) {
      cutOff(server, "aws:kms", 2);
      for (int attempt = 0; attempt < 2; attempt++) {
        cutOff(server, "aws:kms", 0);
      }
      assertThat(server.unfinished()).containsExactly("upload-1");

      put(server, "aws:kms");

      assertThat(server.sent()).containsExactly("upload-1/3", "upload-1/4");
    }
  }

  private void cutOff(FakeMultipartServer server, String encryption, int after) {
    server.takeParts(after);
    assertThatThrownBy(() -> put(server, encryption)).isInstanceOf(StoreUnavailableException.class);
    server.recover();
  }

  private void put(FakeMultipartServer server, String encryption) throws IOException {
    StoreLocation.S3 location =
        server.location().withEncryption(BucketEncryption.parse(encryption));
    try (ArtifactStore store = S3ArtifactStore.open(location, PART, Reuse.REFRESH)) {
      store.put(file);
    }
  }
}
