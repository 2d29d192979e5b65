package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootsTest {
  @TempDir private Path temporary;
  private Path folder;
  private Path models;
  private Path outside;
  private Roots roots;

  @BeforeEach
  void makeFolders() throws IOException {
    folder = temporary.toRealPath();
    models = Files.createDirectories(folder.resolve("models"));
    outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(Files.createDirectories(models.resolve("a")).resolve("config.json"), "{}");
    Files.writeString(outside.resolve("secret.txt"), "secret");
    roots = Roots.below("--model-roots", List.of(models));
  }

  @Test
  void allowsWhatLiesBelow() throws IOException {
    assertThat(roots.require(models.resolve("a").toString())).isEqualTo(models.resolve("a"));
    assertThat(roots.require(models.toString())).isEqualTo(models);
    assertThat(roots.require(models + "/a/../a")).isEqualTo(models.resolve("a"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), models);
    assertThat(Roots.below("--model-roots", List.of(outside, link)).require(link + "/a"))
        .isEqualTo(models.resolve("a"));
    assertThat(roots.require(models.resolve("absent").toString()))
        .as("its reader says that it isn't there")
        .isEqualTo(models.resolve("absent"));
    assertThat(Roots.anywhere().require("/etc/../etc/x")).isEqualTo(Path.of("/etc/../etc/x"));
  }

  @Test
  void refusesWhatLiesElsewhereWhetherItIsThereOrNot() throws IOException {
    String there = outside.resolve("secret.txt").toString();
    assertThatThrownBy(() -> roots.require(there))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "this worker reads nothing outside of %s (its option --model-roots), and %s is not below: put it there, or have the option name its folder too"
                .formatted(models, there));
    assertRefused(outside.resolve("absent").toString());
    assertRefused(models + "/../outside");
    assertRefused(models + "/absent/../../outside/secret.txt");
    assertRefused(Files.createDirectory(folder.resolve("models-too")).toString());
    assertRefused("relative");
  }

  @Test
  void refusesLinksThatLeadElsewhere() throws IOException {
    Files.createSymbolicLink(models.resolve("linked"), outside);
    assertRefused(models.resolve("linked").toString());
    assertRefused(models.resolve("linked/secret.txt").toString());
    assertRefused(models.resolve("linked/absent.txt").toString());
    Files.createSymbolicLink(
        models.resolve("a").resolve("tokenizer.json"), outside.resolve("secret.txt"));
    assertThatThrownBy(() -> roots.require(models.resolve("a").toString()))
        .hasMessageContaining("/a has tokenizer.json, which is not below");
  }

  @Test
  void wantsFoldersThatAreThere() {
    assertThatThrownBy(() -> Roots.below("--model-roots", List.of(folder.resolve("none"))))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Roots.below("--model-roots", List.of()))
        .hasMessageContaining("at least one folder");
  }

  private void assertRefused(String location) {
    assertThatThrownBy(() -> roots.require(location))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reads nothing outside");
  }
}
