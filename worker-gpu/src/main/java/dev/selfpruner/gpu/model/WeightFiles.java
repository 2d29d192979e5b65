package dev.selfpruner.gpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.safetensors.SafetensorsFile;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The open weight files of a model: one, or the shards of an index. */
final class WeightFiles implements AutoCloseable {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";
  private static final String WEIGHT_MAP = "weight_map";
  private static final long LARGEST_INDEX = 100L << 20;
  private static final int MOST_SHARDS = 4096;

  /** A plain name: whatever an index says, nothing outside the model's directory is opened. */
  private static final Pattern SHARD_NAME =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*\\.safetensors");

  private final Path listing;
  private final Map<String, SafetensorsFile> files = new TreeMap<>();
  private final Map<String, String> fileOfTensor = new HashMap<>();

  private WeightFiles(Path listing) {
    this.listing = listing;
  }

  static WeightFiles open(Path directory) {
    Path single = directory.resolve(SINGLE);
    Path index = directory.resolve(INDEX);
    boolean sharded = !Files.exists(single) && Files.exists(index);
    WeightFiles weights = new WeightFiles(sharded ? index : single);
    try {
      if (sharded) {
        weights.openShards(directory);
      } else if (Files.exists(single)) {
        weights.openFile(single);
        for (String tensor : weights.files.get(SINGLE).names()) {
          weights.fileOfTensor.put(tensor, SINGLE);
        }
      } else {
        throw noWeights(directory);
      }
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  StoredTensor tensor(String name) {
    String file = fileOfTensor.get(name);
    if (file == null) {
      throw new ModelFormatException(
          "tensor " + name,
          listing,
          "the configuration asks for it and it is missing",
          "download the model again, or check that config.json belongs to it");
    }
    return files.get(file).tensor(name);
  }

  /** The file that a tensor lies in, for messages. */
  Path pathOf(String tensor) {
    return files.get(fileOfTensor.get(tensor)).path();
  }

  @Override
  public void close() {
    for (SafetensorsFile file : files.values()) {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close " + file.path(), e);
      }
    }
  }

  private void openShards(Path directory) {
    ConfigFile index = ConfigFile.read(listing, LARGEST_INDEX);
    JsonNode map =
        index
            .object(WEIGHT_MAP)
            .orElseThrow(() -> index.error(WEIGHT_MAP, "it is missing", "download it again"))
            .object();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String shard = entry.getValue().asText();
      if (!entry.getValue().isTextual() || !SHARD_NAME.matcher(shard).matches()) {
        throw index.error(
            WEIGHT_MAP,
            "it places tensor %s in '%s', which is not the plain name of a safetensors file"
                .formatted(entry.getKey(), shard),
            "download it again");
      }
      if (!files.containsKey(shard)) {
        if (files.size() == MOST_SHARDS) {
          throw index.error(
              WEIGHT_MAP, "it names over %,d files".formatted(MOST_SHARDS), "download it again");
        }
        Path path = directory.resolve(shard);
        if (!Files.exists(path)) {
          throw new ModelFormatException(
              path,
              "%s places tensor %s there, and the file is missing".formatted(INDEX, entry.getKey()),
              "download it");
        }
        openFile(path);
      }
      if (!files.get(shard).names().contains(entry.getKey())) {
        throw new ModelFormatException(
            "tensor " + entry.getKey(),
            directory.resolve(shard),
            INDEX + " places it there, and the file does not have it",
            "download both again");
      }
      fileOfTensor.put(entry.getKey(), shard);
    }
  }

  private void openFile(Path path) {
    try {
      files.put(path.getFileName().toString(), SafetensorsFile.open(path));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  private static ModelFormatException noWeights(Path directory) {
    for (String pickle : new String[] {"pytorch_model.bin", "pytorch_model.bin.index.json"}) {
      if (Files.exists(directory.resolve(pickle))) {
        return new ModelFormatException(
            directory,
            "its weights are in " + pickle + ", a pickle, which can run code when it is read",
            "convert them to safetensors (transformers: save_pretrained)");
      }
    }
    return new ModelFormatException(
        directory,
        "it has neither %s nor %s".formatted(SINGLE, INDEX),
        "give the directory of a Hugging Face model with safetensors weights");
  }
}
