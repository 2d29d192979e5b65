package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.payload.CodecServer;
import dev.selfpruner.infra.payload.KeyRing;
import dev.selfpruner.infra.payload.PayloadEncryption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code codec-server}: decrypts payloads for Temporal's web interface and its CLI. */
@Command(
    name = "codec-server",
    sortOptions = false,
    header = "Decrypt payloads for Temporal's web interface and CLI, until a signal.",
    description =
        "Whoever can reach it reads what the keys encrypted: it listens on this machine alone, unless SELFPRUNER_CODEC_TOKEN holds a token that requests have to bear. In the interface, set it as remote codec endpoint; with the CLI, --codec-endpoint.")
final class CodecServerCommand implements Callable<Integer> {
  static final String TOKEN_VARIABLE = "SELFPRUNER_CODEC_TOKEN";
  private static final int SHORTEST_TOKEN = 16;

  private final Console console;

  @Option(
      names = "--origin",
      paramLabel = "URL",
      description =
          "Where the web interface is; a browser is answered on its pages only (default: ${DEFAULT-VALUE}).")
  private String origin = "http://localhost:8233";

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port to listen on; 0 for any (default: ${DEFAULT-VALUE}).")
  private int port = 8234;

  @Mixin private PayloadOptions payloads = new PayloadOptions();

  CodecServerCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Map<String, String> environment = System.getenv();
    KeyRing keys =
        payloads
            .keys(environment)
            .orElseThrow(
                () ->
                    new UserError(
                        "there are no keys to decrypt with: give --payload-key-file, %s or %s"
                            .formatted(KeyRing.FILE_VARIABLE, KeyRing.KEYS_VARIABLE)));
    String token = environment.getOrDefault(TOKEN_VARIABLE, "").strip();
    CodecServer.Access access = BadInput.refused(() -> new CodecServer.Access(origin, token));
    try (CodecServer server = start(new PayloadEncryption(keys), access)) {
      console.note(
          "Codec server: http://%s:%d for %s, with %s (a signal stops it)"
              .formatted(host, server.port(), origin, keys));
      new CountDownLatch(1).await();
      return ExitCodes.OK;
    }
  }

  private CodecServer start(PayloadEncryption codec, CodecServer.Access access) {
    try {
      InetAddress address = InetAddress.getByName(host);
      if (!address.isLoopbackAddress() && access.token().length() < SHORTEST_TOKEN) {
        throw new UserError(
            "%s can be reached from elsewhere: set %s to a token of %d characters or more, and put something that speaks TLS in front"
                .formatted(host, TOKEN_VARIABLE, SHORTEST_TOKEN));
      }
      return CodecServer.start(new InetSocketAddress(address, port), codec, access);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError(
          "cannot listen on %s, port %d (%s): correct --host or --port"
              .formatted(host, port, e.getMessage()),
          e);
    }
  }
}
