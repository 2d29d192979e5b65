package dev.selfpruner.gpu.safetensors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.gpu.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a stranger's file can lie about. */
class SafetensorsFileTest {
  @TempDir private Path directory;

  @Test
  void saysHowMuchOfATensorIsMissing() throws IOException {
    Path file =
        write(
            """
            {"model.layers.7.mlp.up_proj.weight":
              {"dtype": "F16", "shape": [4096, 11008], "data_offsets": [0, 90177536]}}""",
            90177536 - 1024);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "cannot read tensor model.layers.7.mlp.up_proj.weight in "
                + file
                + ": header says 4096x11008 F16, file ends 1,024 bytes early - download it again");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'F32' | [2, 2] | [0, 12]        | header says 2x2 F32, which is 16 bytes, but places it at bytes 0 to 12
          'F32' | [2, 2] | [16, 0]        | places it at bytes 16 to 0
          'F32' | [3]    | [4, 16]        | begins 4 bytes after the end of the header
          'F32' | [3]    | [0, 12]        | 4 bytes follow the last tensor, a
          'F32' | [4611686018427387904, 4611686018427387904] | [0, 16] | larger than any file
          'F32' | [9223372036854775807] | [0, 16] | larger than any file
          'F32' | [-4]   | [0, 16]        | gives tensor a: shape the value -4
          'F32' | [4]    | [-16, 0]       | gives tensor a: data_offsets the value -16
          'F32' | [4]    | [0, 99999999999999999999] | a number beyond 64 bits
          'F32' | [4.0]  | [0, 16]        | has VALUE_NUMBER_FLOAT where tensor a: shape should be
          'F32' | 4      | [0, 16]        | has VALUE_NUMBER_INT where tensor a: shape should be
          'F32' | [[4]]  | [0, 16]        | has START_ARRAY where tensor a: shape should be
          'F32' | [4]    | [0]            | gives tensor a no shape or no two offsets
          'F32' | [4]    | [0, 16, 16]    | gives tensor a no shape or no two offsets
          'Q4'  | [4]    | [0, 16]        | element type 'Q4' is unknown
          """)
  void namesTheTensorWhoseEntryIsWrong(String dtype, String shape, String offsets, String complaint)
      throws IOException {
    Path file =
        write(
            "{\"a\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": %s}}"
                .formatted(dtype, shape, offsets),
            16);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(complaint)
        .hasMessageContaining(file.toString())
        .hasMessageMatching("(?s).* - .*(download|convert).*");
  }

  @Test
  void refusesTensorsThatOverlap() throws IOException {
    Path file =
        write(
            """
            {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
             "b": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}""",
            12);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .hasMessageContaining("cannot read tensor b in " + file + ": overlaps a by 4 bytes");
  }

  @Test
  void refusesGapsBetweenTensors() throws IOException {
    Path file =
        write(
            """
            {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
             "b": {"dtype": "F32", "shape": [1], "data_offsets": [12, 16]}}""",
            16);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .hasMessageContaining("tensor b in " + file + ": begins 4 bytes after the end of a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"a": {"dtype": "F32"                      | its header is not valid JSON
          {"__metadata__": {"a": 1}}                 | its header has VALUE_NUMBER_INT where __metadata__.a should be
          {"__metadata__": {"a": "1", "a": "2"}}     | its header is not valid JSON (Duplicate field 'a')
          {"a": []}                                  | its header has START_ARRAY where tensor a should be
          {} {}                                      | its header goes on after its closing }
          []                                         | its header does not begin with {
          """)
  void refusesHeadersThatAreNone(String header, String complaint) throws IOException {
    Path file = write(header, 0);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("cannot read " + file + ": " + complaint.strip());
  }

  @Test
  void refusesTwoTensorsOfOneName() throws IOException {
    String entry = "\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}";
    Path file = write("{" + entry + "," + entry + "}", 4);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("Duplicate field 'a'");
  }

  @Test
  void refusesDeepNestingAndForeignEncodings() throws IOException {
    Path deep = write("{\"a\":" + "[".repeat(1_000_000), 0);
    assertThatThrownBy(() -> SafetensorsFile.open(deep)).isInstanceOf(ModelFormatException.class);

    byte[] latin = "{\"__metadata__\": {\"a\": \"é\"}}".getBytes(ISO_8859_1);
    Path foreign = RawFile.write(directory.resolve("foreign"), latin.length, latin, 0);
    assertThatThrownBy(() -> SafetensorsFile.open(foreign))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("its header is not valid UTF-8");
  }

  @ParameterizedTest
  @CsvSource({
    "3, but ends after 2",
    "99999999, but ends after 2",
    "100000001, more than the format's",
    "-1, its header has 18446744073709551615 bytes"
  })
  void believesNoHeaderLength(long length, String complaint) throws IOException {
    Path file = RawFile.write(directory.resolve("long"), length, "{}".getBytes(UTF_8), 0);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void refusesFilesTooShortForALength() throws IOException {
    Path file = Files.write(directory.resolve("short"), new byte[7]);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("it has 7 bytes, too few for a header");
  }

  @Test
  void readsEmptyTensorsAndScalarsAndSkipsKeysItDoesNotKnow() throws IOException {
    Path file =
        write(
            """
            {"none": {"dtype": "F32", "shape": [0, 9223372036854775807], "data_offsets": [4, 4]},
             "one": {"dtype": "F32", "shape": [], "data_offsets": [0, 4], "note": {"x": [1]}}}"""
                + "   ",
            4);

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(open.tensor("none").elements()).isZero();
      assertThat(open.tensor("one").elements()).isOne();
      assertThat(open.tensor("one").describe()).isEqualTo("scalar F32");
    }
  }

  @Test
  void refusesAnElementTypeOnlyWhenItsTensorIsAskedFor() throws IOException {
    Path file = write("{\"a\": {\"dtype\": \"I64\", \"shape\": [1], \"data_offsets\": [0, 8]}}", 8);

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(open.names()).containsExactly("a");
      assertThatThrownBy(() -> open.tensor("a"))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("header says 1 I64, and only F32, F16 and BF16 are read");
    }
  }

  private Path write(String header, int dataBytes) throws IOException {
    return RawFile.write(directory.resolve("model.safetensors"), header, dataBytes);
  }
}
