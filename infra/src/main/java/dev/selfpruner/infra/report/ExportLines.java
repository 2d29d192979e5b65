package dev.selfpruner.infra.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.Exports;
import dev.selfpruner.activities.plan.ModelRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where a plan can be exported to. */
final class ExportLines {
  private ExportLines() {}

  /** A line of those that can, and one for each that can't. */
  static List<String> of(Exports exports) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "this plan fits "
            + exports.possible().stream().map(ExportLines::name).collect(Collectors.joining(", ")));
    for (ModelRuntime runtime : ModelRuntime.values()) {
      if (exports.obstacles().containsKey(runtime)) {
        lines.add("but not %s: %s".formatted(name(runtime), exports.obstacles().get(runtime)));
      }
    }
    return lines;
  }

  static ObjectNode json(Exports exports) {
    ObjectNode json = Json.mapper().createObjectNode();
    json.set(
        "possible",
        Json.mapper().valueToTree(exports.possible().stream().map(ExportLines::id).toList()));
    ObjectNode obstacles = json.putObject("obstacles");
    for (ModelRuntime runtime : ModelRuntime.values()) {
      if (exports.obstacles().containsKey(runtime)) {
        obstacles.put(id(runtime), exports.obstacles().get(runtime));
      }
    }
    return json;
  }

  private static String id(ModelRuntime runtime) {
    return runtime.name().toLowerCase(Locale.ROOT);
  }

  private static String name(ModelRuntime runtime) {
    return switch (runtime) {
      case TRANSFORMERS -> "transformers (with modelling code of its own)";
      case VLLM -> "vLLM (deci)";
      case LLAMA_CPP -> "llama.cpp (deci)";
      case PADDED -> "whatever holds the dense model, padded with zeros";
    };
  }
}
