package dev.selfpruner.gpu.model;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.safetensors.StorageType;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An open LLaMA-family model in a Hugging Face directory: {@code config.json}, {@code
 * tokenizer.json} and safetensors weights. Everything is checked on opening: each tensor that the
 * configuration asks for is there, with exactly the shape that it asks for. Tensors that it doesn't
 * ask for (rotary frequencies in old files) are ignored. Usable by several threads.
 */
public final class ModelDirectory implements AutoCloseable {
  public static final String CONFIG = "config.json";
  public static final String TOKENIZER = "tokenizer.json";

  private final Path path;
  private final LlamaConfig config;
  private final Map<String, List<Long>> shapes;
  private final WeightFiles weights;
  private String sha256 = "";

  private ModelDirectory(Path path, LlamaConfig config, WeightFiles weights) {
    this.path = path;
    this.config = config;
    this.shapes = ModelTensors.shapes(config);
    this.weights = weights;
  }

  /**
   * Opens a model and checks it whole.
   *
   * @throws ModelFormatException if anything is missing, damaged, or not what the decoder computes
   * @throws UncheckedIOException if a file that is there cannot be read
   */
  public static ModelDirectory open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new ModelFormatException(
          directory, "it is not a directory", "give the directory of a Hugging Face model");
    }
    LlamaConfig config = LlamaConfig.read(directory.resolve(CONFIG));
    if (!Files.isRegularFile(directory.resolve(TOKENIZER))) {
      throw new ModelFormatException(
          directory,
          "it has no " + TOKENIZER,
          "download it, or convert tokenizer.model (transformers: AutoTokenizer, save_pretrained)");
    }
    ModelDirectory model = new ModelDirectory(directory, config, WeightFiles.open(directory));
    try {
      model.requireShapes();
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  public Path path() {
    return path;
  }

  public LlamaConfig config() {
    return config;
  }

  /**
   * Finds a tensor by name.
   *
   * @param name as transformers names it ({@link LayerWeight}, {@link ModelTensors})
   * @throws ModelFormatException if the files have no such tensor
   */
  public StoredTensor tensor(String name) {
    return weights.tensor(name);
  }

  public StoredTensor tensor(int layer, LayerWeight weight) {
    return tensor(weight.tensorName(layer));
  }

  /** {@code [vocabulary, hidden]}. */
  public StoredTensor embedding() {
    return tensor(ModelTensors.EMBEDDING);
  }

  /** {@code [vocabulary, hidden]}: the embedding itself where the two are tied. */
  public StoredTensor outputHead() {
    return config.tiedEmbeddings() ? embedding() : tensor(ModelTensors.OUTPUT_HEAD);
  }

  /** {@code [hidden]}. */
  public StoredTensor finalNorm() {
    return tensor(ModelTensors.FINAL_NORM);
  }

  /** Names of the tensors that the configuration asks for, in the order of the decoder. */
  public List<String> tensorNames() {
    return List.copyOf(shapes.keySet());
  }

  /** All parameters, embedding and norms included; tied embeddings count once. */
  public long parameters() {
    return ModelTensors.parameters(config);
  }

  /** Bytes of all weights, as the files store them; tied embeddings count once. */
  public long bytes() {
    return tensorNames().stream()
        .map(this::tensor)
        .mapToLong(tensor -> tensor.elements() * tensor.type().bytes())
        .sum();
  }

  /** Types that the layers' matrices are stored in, from which units go; one, in most models. */
  public Set<StorageType> matrixTypes() {
    Set<StorageType> types = EnumSet.noneOf(StorageType.class);
    for (int layer = 0; layer < config.layers().size(); layer++) {
      for (LayerWeight matrix : LayerWeight.MATRICES) {
        types.add(tensor(layer, matrix).type());
      }
    }
    return types;
  }

  /**
   * Content address: digest of the configuration's bytes and of every tensor's name, type, shape
   * and bytes. It depends neither on the directory's name nor on how the weights are split into
   * files. Reads all weights the first time.
   */
  public synchronized String sha256() {
    if (sha256.isEmpty()) {
      sha256 = ContentAddress.of(read(CONFIG), tensorNames().stream().map(this::tensor).toList());
    }
    return sha256;
  }

  /** Digest of {@code tokenizer.json}. */
  public String tokenizerSha256() {
    return Digests.sha256(read(TOKENIZER));
  }

  @Override
  public void close() {
    weights.close();
  }

  private byte[] read(String name) {
    try {
      return Files.readAllBytes(path.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path.resolve(name), e);
    }
  }

  private void requireShapes() {
    shapes.forEach(
        (name, expected) -> {
          StoredTensor tensor = tensor(name);
          if (!tensor.shape().equals(expected)) {
            throw new ModelFormatException(
                "tensor " + name,
                weights.pathOf(name),
                "its shape is %s, the configuration asks for %s"
                    .formatted(tensor.shape(), expected),
                "check that config.json belongs to these weights, or download both again");
          }
        });
  }
}
