package dev.selfpruner.llm.answer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Objects whose keys name the layers, {@code {"layer_0": 0.25, ...}}: in a JSON text, or in
 * something that was meant to be one. Other keys are passed over.
 */
final class LayerObjects {
  private static final Pattern PIECE =
      Pattern.compile(
          "[{}]|[\"']?layer[_ -]?(?<layer>\\d{1,9})[\"']?\\s{0,40}:"
              + "(?<value>[^,{}\\[\\]\\n]{0,500})(?<decimalComma>,\\s{0,40}\\d)?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern QUOTED = Pattern.compile("([\"'])([^\"']*)\\1");

  private final int layers;
  private final int most;
  private final List<AnswerList> found = new ArrayList<>();
  private final Map<Integer, Double> rates = new HashMap<>();
  private boolean inObject;
  private String problem = "";

  private LayerObjects(int layers, int most) {
    this.layers = layers;
    this.most = most;
  }

  /** The first objects of a text; a last one that was cut off is a broken list. */
  static List<AnswerList> find(String text, int layers, int most) {
    return new LayerObjects(layers, most).read(text);
  }

  private List<AnswerList> read(String text) {
    Matcher pieces = PIECE.matcher(text);
    while (found.size() < most && pieces.find()) {
      switch (pieces.group()) {
        case "{" -> {
          end("a configuration had an object in it, or did not end"); // before another began
          inObject = true;
        }
        case "}" -> {
          end("");
          inObject = false;
        }
        default -> {
          if (inObject) {
            keep(pieces);
          }
        }
      }
    }
    if (found.size() < most) {
      end("the last configuration was cut off before its closing brace");
    }
    return found;
  }

  private void keep(Matcher piece) {
    int layer = Integer.parseInt(piece.group("layer"));
    String value = QUOTED.matcher(piece.group("value").strip()).replaceFirst("$2").strip();
    if (layer >= layers) {
      is("a configuration had layer_%d; the last layer is layer_%d".formatted(layer, layers - 1));
    } else if (!PlainNumber.is(value) || piece.group("decimalComma") != null) {
      is("a configuration had something other than a plain number for layer_" + layer);
    } else if (rates.put(layer, PlainNumber.value(value)) != null) {
      is("a configuration had layer_%d twice".formatted(layer));
    }
  }

  private void is(String wrong) {
    if (problem.isEmpty()) {
      problem = wrong;
    }
  }

  /**
   * Ends an object, if it has any layers.
   *
   * @param wrong why it is none; empty where it is whole
   */
  private void end(String wrong) {
    if (!rates.isEmpty() || !problem.isEmpty()) {
      found.add(list(wrong.isEmpty() ? problem : wrong));
    }
    rates.clear();
    problem = "";
  }

  private AnswerList list(String wrong) {
    if (!wrong.isEmpty()) {
      return new AnswerList.Broken(wrong);
    }
    for (int layer = 0; layer < layers; layer++) {
      if (!rates.containsKey(layer)) {
        return new AnswerList.Broken("a configuration had no layer_" + layer);
      }
    }
    return new AnswerList.Numbers(IntStream.range(0, layers).mapToObj(rates::get).toList());
  }
}
