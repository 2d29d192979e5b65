package dev.selfpruner.gpu.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which file holds which tensors.
 *
 * @param files tensors by file name, both in the order of writing
 */
record Shards(Map<String, List<TensorSpec>> files) {

  /** One file where everything fits into {@code mostBytes}, else as few as hold that much each. */
  static Shards split(List<TensorSpec> tensors, long mostBytes) {
    List<List<TensorSpec>> groups = new ArrayList<>();
    long filled = mostBytes;
    for (TensorSpec tensor : tensors) {
      if (groups.isEmpty() || filled + tensor.bytes() > mostBytes) {
        groups.add(new ArrayList<>());
        filled = 0;
      }
      groups.get(groups.size() - 1).add(tensor);
      filled += tensor.bytes();
    }
    Map<String, List<TensorSpec>> files = new LinkedHashMap<>();
    for (int i = 0; i < groups.size(); i++) {
      String name =
          groups.size() == 1
              ? "model.safetensors"
              : "model-%05d-of-%05d.safetensors".formatted(i + 1, groups.size());
      files.put(name, List.copyOf(groups.get(i)));
    }
    return new Shards(files);
  }

  boolean needIndex() {
    return files.size() > 1;
  }

  /** Content of {@code model.safetensors.index.json}. */
  ObjectNode index() {
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    long total = files.values().stream().flatMap(List::stream).mapToLong(TensorSpec::bytes).sum();
    index.putObject("metadata").put("total_size", total);
    ObjectNode map = index.putObject("weight_map");
    files.forEach((file, tensors) -> tensors.forEach(tensor -> map.put(tensor.name(), file)));
    return index;
  }
}
