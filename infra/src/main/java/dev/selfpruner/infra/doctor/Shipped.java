package dev.selfpruner.infra.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Properties;

/**
 * What of PyTorch comes with this program.
 *
 * @param pytorch version that DJL's native interface was built against
 * @param djl version of DJL that it was built for
 * @param classifier operating system and architecture of the CPU library, as DJL writes them
 * @param flavors of the native interface for that system: {@code cpu}, and {@code cu128} where a
 *     CUDA library can be used
 */
record Shipped(String pytorch, String djl, String classifier, List<String> flavors) {
  static final String CUDA_FLAVOR = "cu128";
  private static final List<String> KNOWN_FLAVORS = List.of("cpu", CUDA_FLAVOR);

  Shipped {
    flavors = List.copyOf(flavors);
  }

  /** What lies on the class path. */
  static Shipped onClassPath() {
    String[] versions = property("jnilib/pytorch.properties", "jni_version").split("-", 2);
    String classifier = property("native/lib/pytorch.properties", "classifier");
    String library = System.mapLibraryName("djl_torch");
    return new Shipped(
        versions[0],
        versions[1],
        classifier,
        KNOWN_FLAVORS.stream()
            .filter(
                flavor ->
                    loader().getResource("jnilib/%s/%s/%s".formatted(classifier, flavor, library))
                        != null)
            .toList());
  }

  boolean knowsCuda() {
    return flavors.contains(CUDA_FLAVOR);
  }

  /** Whether a version is the one that fits, whatever it was built with ({@code 2.7.1+cu126}). */
  boolean fits(String version) {
    return version.equals(pytorch)
        || version.startsWith(pytorch + "+")
        || version.startsWith(pytorch + "-");
  }

  private static String property(String resource, String key) {
    Properties properties = new Properties();
    try (InputStream in = loader().getResourceAsStream(resource)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + resource, e);
    }
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalStateException("this build lacks %s: build it again".formatted(resource));
    }
    return value;
  }

  private static ClassLoader loader() {
    return Shipped.class.getClassLoader();
  }
}
