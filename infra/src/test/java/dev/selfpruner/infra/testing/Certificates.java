package dev.selfpruner.infra.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** Certificates of a test, each its own authority, made by Java's {@code keytool}. */
public final class Certificates {
  private static final String PASSWORD = "of-a-test";

  /**
   * A certificate for this machine, with its key.
   *
   * @param store with both, under {@link #password}
   * @param certificate in PEM
   * @param key in PEM, as PKCS#8
   */
  public record Identity(Path store, Path certificate, Path key) {
    public KeyStore keyStore() throws IOException, GeneralSecurityException {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, password());
      }
      return keys;
    }
  }

  private Certificates() {}

  public static char[] password() {
    return PASSWORD.toCharArray();
  }

  /** Makes one that is valid for 127.0.0.1, now. */
  public static Identity make(Path folder, String name)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed: " + Files.readString(folder.resolve(name + ".log")));
    }
    Identity made =
        new Identity(store, folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    KeyStore keys = made.keyStore();
    Key key = keys.getKey(name, password());
    write(made.certificate(), "CERTIFICATE", keys.getCertificate(name).getEncoded());
    write(made.key(), "PRIVATE KEY", key.getEncoded());
    return made;
  }

  private static void write(Path file, String what, byte[] content) throws IOException {
    Files.write(
        file,
        List.of(
            "-----BEGIN %s-----".formatted(what),
            Base64.getMimeEncoder(64, "\n".getBytes(UTF_8)).encodeToString(content),
            "-----END %s-----".formatted(what)));
  }
}
