package dev.selfpruner.workflows;

import com.fasterxml.jackson.databind.JsonMappingException;
import java.util.stream.Collectors;

/** What is wrong with JSON that people wrote, in their words. */
public final class Mistakes {
  private Mistakes() {}

  /** What Jackson, or a record that refused its values, says, after the field's name. */
  public static String of(Throwable failure) {
    String path = "";
    Throwable cause = failure;
    while (true) {
      if (cause instanceof JsonMappingException mapping && path.isEmpty()) {
        path = path(mapping);
      }
      if (cause.getCause() == null) {
        break;
      }
      cause = cause.getCause();
    }
    String reason =
        cause instanceof JsonMappingException mapping
            ? mapping.getOriginalMessage()
            : String.valueOf(cause.getMessage());
    return path.isEmpty() ? reason : path + ": " + reason;
  }

  /** {@code method[0].stages[1]}. */
  private static String path(JsonMappingException failure) {
    return failure.getPath().stream()
        .map(
            each ->
                each.getFieldName() == null
                    ? "[" + each.getIndex() + "]"
                    : "." + each.getFieldName())
        .collect(Collectors.joining())
        .replaceFirst("^\\.", "");
  }
}
