package dev.selfpruner.llm.prompt;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The templates of all prompts of a search. A set is complete and has no place that couldn't be
 * filled: what is wrong with it is found before anything is asked.
 *
 * @param name for people: {@code paper}, {@code informed}, or the name of the folder it was read
 *     from
 * @param templates texts by file name, without space at either end
 */
public record PromptSet(String name, Map<String, String> templates) {
  private static final Set<String> BUILT_IN =
      Set.of(LargeLanguageModel.PAPER, LargeLanguageModel.INFORMED);
  private static final int MOST_BYTES = 64 << 10;
  private static final String SUFFIX = ".txt";

  public PromptSet {
    templates =
        templates.entrySet().stream()
            .collect(
                Collectors.collectingAndThen(
                    Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> normal(entry.getValue()),
                        (first, second) -> first,
                        TreeMap::new),
                    Collections::unmodifiableSortedMap));
    Set<String> unknown = new TreeSet<>(templates.keySet());
    for (PromptFile file : PromptFile.values()) {
      unknown.remove(file.file());
      check(file, templates);
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "no files of a prompt set: %s; it has %s".formatted(unknown, files()));
    }
  }

  /** Whether a set of this name comes with the program. */
  public static boolean isBuiltIn(String name) {
    return BUILT_IN.contains(name);
  }

  /**
   * A set that comes with the program.
   *
   * @param name {@link LargeLanguageModel#PAPER} or {@link LargeLanguageModel#INFORMED}
   */
  public static PromptSet builtIn(String name) {
    if (!isBuiltIn(name)) {
      throw new IllegalArgumentException(
          "no prompt set comes with the program as %s; there are informed and paper"
              .formatted(name));
    }
    Map<String, String> templates = new TreeMap<>();
    for (PromptFile file : PromptFile.values()) {
      resource(name + "/" + file.file())
          .or(() -> resource("common/" + file.file()))
          .ifPresent(text -> templates.put(file.file(), text));
    }
    return new PromptSet(name, templates);
  }

  /**
   * Reads a set from the text files of a folder.
   *
   * @throws IllegalArgumentException that names the file, and the place where it is one, if
   *     something is wrong with it
   */
  public static PromptSet read(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      Map<String, String> templates = new TreeMap<>();
      for (Path file : entries.filter(PromptSet::isText).sorted().toList()) {
        templates.put(file.getFileName().toString(), readText(file));
      }
      String name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
      return new PromptSet(name, templates);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read the prompts in " + folder + ": " + e, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("prompts in %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /** The set's version: a digest of all its texts, whatever its name. */
  public String sha256() {
    return Digests.sha256(Json.write(templates));
  }

  /** Whether prompts tell what was measured of the layers. */
  public boolean tellsStatistics() {
    return uses("statistics");
  }

  /** Whether prompts tell what was tried in the iterations before. */
  public boolean tellsTrials() {
    return uses("tried");
  }

  /** Whether prompts tell what single blocks of the dense model cost. */
  public boolean tellsSensitivity() {
    return uses("sensitivity");
  }

  PromptTemplate template(PromptFile file) {
    return new PromptTemplate(file.file(), templates.get(file.file()));
  }

  private boolean uses(String place) {
    return templates.values().stream().anyMatch(text -> text.contains("{{" + place + "}}"));
  }

  private static void check(PromptFile file, Map<String, String> templates) {
    String text = templates.get(file.file());
    if (text == null) {
      if (!file.isOptional()) {
        throw new IllegalArgumentException("%s is missing".formatted(file.file()));
      }
      String place = file.file().replace(SUFFIX, "");
      templates.forEach(
          (other, otherText) -> {
            if (otherText.contains("{{" + place + "}}")) {
              throw new IllegalArgumentException(
                  "%s: {{%s}} stands for %s, which is missing"
                      .formatted(other, place, file.file()));
            }
          });
    } else if (text.getBytes(UTF_8).length > MOST_BYTES) {
      throw tooLong(file.file());
    } else {
      file.check(new PromptTemplate(file.file(), text));
    }
  }

  private static Optional<String> resource(String path) {
    try (InputStream resource = PromptSet.class.getResourceAsStream(path)) {
      return resource == null
          ? Optional.empty()
          : Optional.of(new String(resource.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the prompt template " + path, e);
    }
  }

  private static boolean isText(Path file) {
    return file.getFileName().toString().endsWith(SUFFIX);
  }

  private static String readText(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (Files.size(file) > MOST_BYTES) {
      throw tooLong(name);
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(name + ": not a text in UTF-8", e);
    }
  }

  private static IllegalArgumentException tooLong(String file) {
    return new IllegalArgumentException("%s: longer than 64 KiB".formatted(file));
  }

  /** Editors end lines and files as they like: that makes no other version. */
  private static String normal(String text) {
    return text.replace("\r\n", "\n").strip();
  }

  private static List<String> files() {
    return Arrays.stream(PromptFile.values()).map(PromptFile::file).toList();
  }
}
