package dev.selfpruner.gpu.torch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive written without Python: a zip of stored entries that holds one module class
 * in TorchScript's serialised dialect and an instance of it without parameters. Weights are
 * arguments of the class's methods.
 */
public final class TorchScriptArchive {
  /** Format version of the operators that the source is written for: those of libtorch 2.x. */
  private static final String VERSION = "10\n";

  private final String className;
  private final String source;

  private TorchScriptArchive(String className, String source) {
    this.className = className;
    this.source = source;
  }

  /**
   * Takes the source as it is; it is compiled when the archive is loaded.
   *
   * @param className name of the module class that the source declares
   * @param source TorchScript in its serialised dialect; the class lists its attributes ({@code
   *     training}, {@code _is_full_backward_hook}) as the serialiser writes them
   */
  public static TorchScriptArchive of(String className, String source) {
    if (!source.contains("class " + className + "(Module):")) {
      throw new IllegalArgumentException("the source declares no class " + className + "(Module)");
    }
    return new TorchScriptArchive(className, source);
  }

  /**
   * Reads {@code className.py} beside {@code owner} on the class path.
   *
   * @throws IllegalStateException if there is no such resource
   */
  public static TorchScriptArchive resource(Class<?> owner, String className) {
    try (InputStream stream = owner.getResourceAsStream(className + ".py")) {
      if (stream == null) {
        throw new IllegalStateException(
            "no %s.py beside %s on the class path".formatted(className, owner.getName()));
      }
      return of(className, new String(stream.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + className + ".py from the class path", e);
    }
  }

  /**
   * Digest of the source: numbers that it computes may differ in their last bits from another's.
   */
  public String sourceSha256() {
    return Digests.sha256(source);
  }

  /** Writes the archive; {@code target} stays open. */
  public void writeTo(OutputStream target) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(target);
    store(zip, "data.pkl", pickledInstance());
    store(zip, "code/__torch__.py", source.getBytes(UTF_8));
    store(zip, "constants.pkl", pickledEmptyTuple());
    store(zip, "version", VERSION.getBytes(UTF_8));
    store(zip, "byteorder", "little".getBytes(UTF_8));
    zip.finish();
  }

  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writeTo(bytes);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** PyTorch's reader wants entries that are not compressed, all under one folder. */
  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry("archive/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** Pickle protocol 2: {@code className.__new__()} with the two attributes of every module. */
  private byte[] pickledInstance() {
    Pickle pickle = new Pickle();
    pickle.text("\u0080\u0002c__torch__\n" + className + "\n)\u0081}(");
    pickle.string("training").text("\u0089");
    pickle.string("_is_full_backward_hook").text("N");
    return pickle.text("ub.").bytes();
  }

  private static byte[] pickledEmptyTuple() {
    return new Pickle().text("\u0080\u0002).").bytes();
  }

  /** Opcodes are written as the Latin-1 characters that they are. */
  private static final class Pickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Pickle text(String opcodes) {
      out.writeBytes(opcodes.getBytes(ISO_8859_1));
      return this;
    }

    Pickle string(String value) {
      int length = value.length();
      return text("X" + (char) length + "\0\0\0" + value);
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
