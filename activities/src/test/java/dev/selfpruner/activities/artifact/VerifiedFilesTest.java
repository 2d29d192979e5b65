package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifiedFilesTest {
  @TempDir private Path folder;

  private final ArtifactRef ref = new ArtifactRef("s3://b/x", Digests.sha256("right"), 5);
  private final VerifiedFiles files = new VerifiedFiles();
  private Path file;

  @BeforeEach
  void chooseFile() {
    file = folder.resolve("file");
  }

  @Test
  void refusesWhatIsDamagedAndSaysWhichFileToDelete() throws IOException {
    for (String wrong : new String[] {"wrong", "righ", "right and more", ""}) {
      Files.writeString(file, wrong);
      assertThatThrownBy(() -> files.require(file, ref))
          .isInstanceOf(CorruptArtifactException.class)
          .hasMessageStartingWith(file.toUri() + " is damaged: expected 5 bytes")
          .hasMessageContaining("delete it and run again");
    }
    Files.delete(file);
    assertThatThrownBy(() -> files.require(file, ref)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void readsAFileOnceAndAnotherInItsPlaceAgain() throws IOException {
    Files.writeString(file, "right");
    files.require(file, ref);

    Files.write(file, "wrong".getBytes(UTF_8)); // the same file, of the same length
    assertThatCode(() -> files.require(file, ref)).doesNotThrowAnyException();

    Files.write(file, "righ".getBytes(UTF_8));
    assertThatThrownBy(() -> files.require(file, ref)).isInstanceOf(CorruptArtifactException.class);
    Path other = Files.writeString(folder.resolve("other"), "wrong");
    Path unused = Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> files.require(file, ref)).isInstanceOf(CorruptArtifactException.class);
  }

  @Test
  void trustsWhatWasCheckedWhenItWasWritten() throws IOException {
    Files.writeString(file, "wrong");
    files.trust(file);
    assertThatCode(() -> files.require(file, ref)).doesNotThrowAnyException();
  }
}
