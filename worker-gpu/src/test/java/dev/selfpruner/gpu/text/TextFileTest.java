package dev.selfpruner.gpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {
  @TempDir private Path directory;

  @Test
  void joinsTheRowsOfWikiText() throws IOException {
    TextFile text = read("wiki.test.raw", " \n = Title = \n \n Körper . \nlast");

    assertThat(text.text()).isEqualTo("\n\n = Title = \n\n\n\n\n Körper . \n\n\nlast");
    assertThat(text.protocol()).isEqualTo("rows joined by blank lines");
  }

  @Test
  void addsNothingAfterTheLastRow() throws IOException {
    assertThat(read("wiki.valid.raw", "a\nb\n").text()).isEqualTo("a\n\n\nb\n");
  }

  @Test
  void takesAnyOtherTextAsItIs() throws IOException {
    TextFile text = read("wiki.txt", " \r\n\uFEFFa\n😀");

    assertThat(text.text()).isEqualTo(" \r\n\uFEFFa\n😀");
    assertThat(text.protocol()).isEqualTo("as it is");
  }

  @Test
  void digestsWhatTheTokenizerGets() throws IOException {
    assertThat(read("abc.txt", "abc").sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(read("wiki.a.raw", "a\nb").sha256()).isEqualTo(read("b.txt", "a\n\n\nb").sha256());
  }

  @Test
  void refusesTextThatIsNotUtf8AndSaysWhereItBreaks() throws IOException {
    Path file = directory.resolve("latin1.txt");
    for (byte[] bytes : new byte[][] {{'a', 'b', (byte) 0xe9, 'c'}, {'a', 'b', (byte) 0xc3}}) {
      Files.write(file, bytes);

      assertThatThrownBy(() -> TextFile.read(file))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("text " + file + " is not UTF-8: malformed at byte 2 - convert it");
    }
  }

  @Test
  void refusesAnEmptyText() {
    assertThatThrownBy(() -> read("empty.txt", "")).hasMessageContaining("has 0 bytes");
  }

  private TextFile read(String name, String content) throws IOException {
    return TextFile.read(Files.writeString(directory.resolve(name), content));
  }
}
