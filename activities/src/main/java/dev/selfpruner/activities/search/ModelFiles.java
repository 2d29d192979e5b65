package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The files of a model directory, by plain file name. */
public record ModelFiles(Map<String, ArtifactRef> files) {
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  public ModelFiles {
    files = java.util.Collections.unmodifiableMap(new TreeMap<>(files));
    for (String name : files.keySet()) {
      if (!PLAIN_NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("not a plain file name: " + name);
      }
    }
  }
}
