package dev.selfpruner.llm.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Operator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptSetTest {
  @TempDir private Path parent;

  @ParameterizedTest
  @ValueSource(strings = {"paper", "informed"})
  void aFolderWithTheSameTextsIsTheSameVersion(String name) throws IOException {
    PromptSet set = PromptSet.builtIn(name);
    PromptSet read = PromptSet.read(write(set, text -> text.replace("\n", "\r\n") + "\r\n\r\n"));

    assertThat(read.name()).isEqualTo("mine");
    assertThat(read.sha256())
        .isEqualTo(set.sha256())
        .isEqualTo(Digests.sha256(Json.write(set.templates())));
    assertThat(Json.readStored(Json.writeBytes(read), PromptSet.class)).isEqualTo(read);
  }

  @Test
  void anotherTextIsAnotherVersion() {
    PromptSet paper = PromptSet.builtIn("paper");

    assertThat(with(paper, "reply-text.txt", "Write {{count}}.").sha256())
        .isNotEqualTo(paper.sha256())
        .isNotEqualTo(PromptSet.builtIn("informed").sha256());
    assertThat(new PromptSet("other name", paper.templates()).sha256()).isEqualTo(paper.sha256());
  }

  @Test
  void otherFilesMayLieInTheFolder() throws IOException {
    PromptSet paper = PromptSet.builtIn("paper");
    Path folder = write(paper, text -> text);
    Files.writeString(folder.resolve("README.md"), "about {{anything}}");

    assertThat(PromptSet.read(folder).sha256()).isEqualTo(paper.sha256());
  }

  @Test
  void whatIsWrongIsSaidWithFileAndPlace() {
    PromptSet paper = PromptSet.builtIn("paper");

    assertThatThrownBy(() -> with(paper, "vary.txt", "{{operation}} {{Layers}}"))
        .hasMessageStartingWith(
            "vary.txt: nothing is known for the place {{Layers}}; places of this file are ["
                + "attributes, count, individuals, last layer, ");
    assertThatThrownBy(() -> with(paper, "again.txt", "{{count}} {{problems}} {{attributes}}"))
        .hasMessageContaining("again.txt: nothing is known for the place {{attributes}}");
    assertThatThrownBy(() -> with(paper, "reply-text.txt", "Reply with {{count} lists\nplease"))
        .hasMessage("reply-text.txt: a place is not closed: {{count} lists");
    assertThatThrownBy(() -> with(paper, "reply-text.txt", "Reply with some lists"))
        .hasMessage("reply-text.txt: the place {{count}} is missing");
    assertThatThrownBy(
            () -> with(paper, "vary.txt", "{{operation}} {{attributes}} {{reply}} {{count}}"))
        .hasMessage("vary.txt: the place {{population}} or {{population table}} is missing");
    assertThatThrownBy(
            () -> with(paper, "initialise.txt", "{{attributes}} {{reply}} {{statistics}}"))
        .hasMessage("initialise.txt: {{statistics}} stands for statistics.txt, which is missing");
    assertThatThrownBy(() -> with(paper, "mutation.txt", "text"))
        .hasMessageStartingWith("no files of a prompt set: [mutation.txt]; it has [initialise.txt");
    assertThatThrownBy(() -> with(paper, "mutate.txt", "\u00e9".repeat(40_000)))
        .hasMessage("mutate.txt: longer than 64 KiB");
    assertThatThrownBy(() -> new PromptSet("empty", Map.of()))
        .hasMessage("initialise.txt is missing");
    assertThatThrownBy(() -> PromptSet.builtIn("../paper"))
        .hasMessage(
            "no prompt set comes with the program as ../paper; there are informed and paper");
  }

  @Test
  void whatIsWrongInAFolderIsSaidWithTheFolder() throws IOException {
    Path folder = write(PromptSet.builtIn("paper"), text -> text);

    Files.write(folder.resolve("mutate.txt"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> PromptSet.read(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prompts in %s: mutate.txt: not a text in UTF-8", folder);
    Files.writeString(folder.resolve("mutate.txt"), " ".repeat(100_000));
    assertThatThrownBy(() -> PromptSet.read(folder))
        .hasMessage("prompts in %s: mutate.txt: longer than 64 KiB", folder);
    Files.delete(folder.resolve("mutate.txt"));
    assertThatThrownBy(() -> PromptSet.read(folder))
        .hasMessage("prompts in %s: mutate.txt is missing", folder);
    assertThatThrownBy(() -> PromptSet.read(folder.resolve("absent")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("absent");
  }

  /** So that nothing that the check of a set lets pass can fail when there is something to ask. */
  @ParameterizedTest
  @EnumSource(AnswerFormat.class)
  void everyPlaceThatAFileMayHaveIsFilled(AnswerFormat format) {
    Map<String, String> templates = new TreeMap<>();
    for (PromptFile file : PromptFile.values()) {
      StringBuilder text = new StringBuilder(file.file());
      file.places().forEach(place -> text.append(" {{").append(place).append("}}"));
      templates.put(file.file(), text.toString());
    }
    PromptSet set = new PromptSet("all places", templates);
    Knowledge knowledge = Knowledge.of("m");

    for (Prompts prompts :
        List.of(
            new Prompts(set, Tasks.initialise(), format, knowledge),
            new Prompts(set, Tasks.vary(Operator.MUTATE), format, knowledge),
            new Prompts(set, Tasks.vary(Operator.CROSS_OVER), format, knowledge))) {
      assertThat(
              List.of(
                  prompts.first(1),
                  prompts.again(1, List.of(), List.of("a problem")),
                  prompts.continued(1, List.of())))
          .allSatisfy(prompt -> assertThat(prompt).doesNotContain("{{"));
    }
  }

  @Test
  void valuesAreNotSearchedForPlaces() {
    PromptTemplate template = new PromptTemplate("x.txt", "{{a}} and {{b}}");

    assertThat(template.fill(Map.of("a", "{{b}}", "b", "$1"))).isEqualTo("{{b}} and $1");
    assertThatThrownBy(() -> template.fill(Map.of("a", "x")))
        .hasMessage("x.txt: no value for {{b}}");
  }

  private static PromptSet with(PromptSet set, String file, String text) {
    Map<String, String> templates = new TreeMap<>(set.templates());
    templates.put(file, text);
    return new PromptSet(set.name(), templates);
  }

  private Path write(PromptSet set, UnaryOperator<String> change) throws IOException {
    Path folder = Files.createDirectory(parent.resolve("mine"));
    for (Map.Entry<String, String> template : set.templates().entrySet()) {
      Files.writeString(folder.resolve(template.getKey()), change.apply(template.getValue()));
    }
    return folder;
  }
}
