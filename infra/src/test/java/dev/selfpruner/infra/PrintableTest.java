package dev.selfpruner.infra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class PrintableTest {
  private static final String WRITTEN = "a\tb\r\nc\u001b[2J\u009b31m\u0007\u007f\rd\u0000 \u00e9\n";

  @Test
  void aTextKeepsItsLinesAndLosesWhatMovesTheCursor() {
    assertThat(Printable.text(WRITTEN))
        .isEqualTo("a\tb\r\nc\uFFFD[2J\uFFFD31m\uFFFD\uFFFD\uFFFDd\uFFFD \u00e9\n");
  }

  @Test
  void aLineIsOne() {
    assertThat(Printable.line("one\ntwo\r\nthree\tfour"))
        .isEqualTo("one\uFFFDtwo\uFFFD\uFFFDthree\tfour");
  }

  @Test
  void theConsoleLetsNoneThrough() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), 80);

    console.result("an answer\u001b]0;title\u0007");
    console.note("a note\u001b[1A\n");

    assertThat(out.toString(UTF_8)).startsWith("an answer\uFFFD]0;title\uFFFD");
    assertThat(err.toString(UTF_8)).startsWith("a note\uFFFD[1A\n");
  }
}
