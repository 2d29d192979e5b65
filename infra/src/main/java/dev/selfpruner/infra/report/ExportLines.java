package dev.selfpruner.infra.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.Exports;
import dev.selfpruner.activities.plan.ModelRuntime;
import dev.selfpruner.activities.search.ModelFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What could hold a plan, and what was written of it. */
final class ExportLines {
  private ExportLines() {}

  /** A line of those that could, one for each that couldn't, and one of the model in its format. */
  static List<String> of(Exports exports, ModelFormat written) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "this plan could be held by "
            + exports.possible().stream().map(ExportLines::name).collect(Collectors.joining(", ")));
    for (ModelRuntime runtime : ModelRuntime.values()) {
      if (exports.obstacles().containsKey(runtime)) {
        lines.add("but not by %s: %s".formatted(name(runtime), exports.obstacles().get(runtime)));
      }
    }
    lines.add(
        switch (written) {
          case COMPACT ->
              "written compact: selfpruner itself loads it; --format padded writes the dense shape with zeros, for whatever holds the dense model";
          case PADDED ->
              "written padded: whatever holds the dense model loads it; --format compact writes smaller tensors, for selfpruner itself";
        });
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

  /** What JSON says for a runtime or a format. */
  static String id(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
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
