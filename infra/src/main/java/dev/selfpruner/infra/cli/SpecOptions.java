package dev.selfpruner.infra.cli;

import java.util.Map;
import java.util.regex.Pattern;

/** The fields that options stand for, for people who gave no options but a spec. */
final class SpecOptions {
  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          Map.entry("--model", "model"),
          Map.entry("--sparsity", "sparsity"),
          Map.entry("--preset", "preset"),
          Map.entry("--format", "format"),
          Map.entry("--demo", "demo"),
          Map.entry("--calibration-text", "calibrationText.path"),
          Map.entry("--calibration-windows", "calibrationText.windows"),
          Map.entry("--calibration-sequence-length", "calibrationText.sequenceLength"),
          Map.entry("--search-text", "searchText.path"),
          Map.entry("--search-windows", "searchText.windows"),
          Map.entry("--sequence-length", "searchText.sequenceLength"),
          Map.entry("--test-text", "testText.path"),
          Map.entry("--test-windows", "testText.windows"),
          Map.entry("--stages", "method[0].stages"),
          Map.entry("--probe-windows", "method[0].probing.windows"),
          Map.entry("--descent-windows", "method[0].probing.descentWindows"),
          Map.entry("--held-out-text", "method[0].heldOut[0].path"),
          Map.entry("--held-out-windows", "method[0].heldOut[0].windows"),
          Map.entry("--llm-url", "generator.baseUrl"),
          Map.entry("--llm-model", "generator.model"),
          Map.entry("--llm-provider", "generator.provider"));

  private static final Pattern OPTION = Pattern.compile("--[a-z]+(?:-[a-z]+)*");

  private SpecOptions() {}

  /** {@code calibrationText.path} for {@code /calibrationText/path}. */
  static String field(String pointer) {
    return pointer.substring(1).replaceAll("/(\\d+)", "[$1]").replace('/', '.');
  }

  /** A message that names options, with the fields in their place. */
  static String asFields(String message) {
    return OPTION
        .matcher(message)
        .replaceAll(found -> FIELDS.getOrDefault(found.group(), found.group()));
  }
}
