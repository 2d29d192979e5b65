package dev.selfpruner.gpu.train;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a byte-pair encoding as {@code tokenizer.json} and {@code tokenizer_config.json}, in the
 * form that Hugging Face's tokenizers read. Two special tokens come first, and the post-processor
 * puts the first of them in front of every text.
 */
final class TokenizerFiles {
  static final String BEGIN = "<s>";
  static final String END = "</s>";
  static final int BEGIN_ID = 0;
  static final int END_ID = 1;
  static final int SPECIAL_TOKENS = 2;

  private TokenizerFiles() {}

  static void write(BytePairVocabulary vocabulary, int longestSequence, Path directory)
      throws IOException {
    Files.writeString(
        directory.resolve("tokenizer.json"), tokenizer(vocabulary).toPrettyString() + "\n");
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        configuration(longestSequence).toPrettyString() + "\n");
  }

  private static ObjectNode tokenizer(BytePairVocabulary vocabulary) {
    ObjectNode root = Json.mapper().createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    addedToken(added.addObject(), BEGIN_ID, BEGIN);
    addedToken(added.addObject(), END_ID, END);
    root.putNull("normalizer");
    byteLevel(root.putObject("pre_tokenizer"));
    postProcessor(root.putObject("post_processor"));
    byteLevel(root.putObject("decoder"));
    model(root.putObject("model"), vocabulary);
    return root;
  }

  private static void addedToken(ObjectNode token, int id, String content) {
    token
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private static void byteLevel(ObjectNode node) {
    node.put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }

  private static void postProcessor(ObjectNode node) {
    node.put("type", "TemplateProcessing");
    ArrayNode single = node.putArray("single");
    begin(single, 0);
    sequence(single, "A", 0);
    ArrayNode pair = node.putArray("pair");
    begin(pair, 0);
    sequence(pair, "A", 0);
    begin(pair, 1);
    sequence(pair, "B", 1);
    ObjectNode special = node.putObject("special_tokens").putObject(BEGIN);
    special.put("id", BEGIN);
    special.putArray("ids").add(BEGIN_ID);
    special.putArray("tokens").add(BEGIN);
  }

  private static void begin(ArrayNode template, int type) {
    template.addObject().putObject("SpecialToken").put("id", BEGIN).put("type_id", type);
  }

  private static void sequence(ArrayNode template, String name, int type) {
    template.addObject().putObject("Sequence").put("id", name).put("type_id", type);
  }

  private static void model(ObjectNode node, BytePairVocabulary vocabulary) {
    node.put("type", "BPE");
    node.putNull("dropout").putNull("unk_token");
    node.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    node.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode ids = node.putObject("vocab");
    ids.put(BEGIN, BEGIN_ID).put(END, END_ID);
    for (int i = 0; i < vocabulary.symbols().size(); i++) {
      ids.put(vocabulary.symbols().get(i), SPECIAL_TOKENS + i);
    }
    ArrayNode merges = node.putArray("merges");
    vocabulary.merges().forEach(merge -> merges.add(merge.left() + " " + merge.right()));
  }

  private static ObjectNode configuration(int longestSequence) {
    ObjectNode root = Json.mapper().createObjectNode();
    return root.put("tokenizer_class", "PreTrainedTokenizerFast")
        .put("bos_token", BEGIN)
        .put("eos_token", END)
        .put("model_max_length", longestSequence)
        .put("clean_up_tokenization_spaces", false);
  }
}
