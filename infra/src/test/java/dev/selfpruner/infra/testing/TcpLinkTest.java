package dev.selfpruner.infra.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpLinkTest {
  private ServerSocket echo;
  private TcpLink link;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread server = new Thread(this::serve, "echo");
    server.setDaemon(true);
    server.start();
    link = TcpLink.to(echo.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    link.close();
    echo.close();
  }

  @Test
  void passesWhatIsSaidBothWays() throws IOException {
    try (Socket client = connect()) {
      assertThat(echoed(client, "hello")).isEqualTo("hello");
    }
  }

  @Test
  void losesNothingInASilence() throws IOException {
    try (Socket client = connect()) {
      assertThat(echoed(client, "before")).isEqualTo("before");
      link.silence();
      client.setSoTimeout(300);
      assertThatThrownBy(() -> echoed(client, "later")).isInstanceOf(SocketTimeoutException.class);
      link.restore();
      client.setSoTimeout(10_000);
      assertThat(new String(client.getInputStream().readNBytes(5), UTF_8)).isEqualTo("later");
    }
  }

  @Test
  void endsConnectionsWhenItBreaksAndTakesNewOnesAfterwards() throws IOException {
    try (Socket client = connect()) {
      assertThat(echoed(client, "before")).isEqualTo("before");
      link.breakDown();
      assertThat(isEnded(client)).isTrue();
      try (Socket another = connect()) {
        assertThat(isEnded(another)).isTrue();
      }
      link.restore();
      try (Socket again = connect()) {
        assertThat(echoed(again, "after")).isEqualTo("after");
      }
    }
  }

  private Socket connect() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), link.port());
    client.setSoTimeout(10_000);
    return client;
  }

  private static String echoed(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(UTF_8));
    return new String(client.getInputStream().readNBytes(text.length()), UTF_8);
  }

  private static boolean isEnded(Socket client) {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        Socket client = echo.accept();
        Thread each =
            new Thread(
                () -> {
                  try (client) {
                    client.getInputStream().transferTo(client.getOutputStream());
                  } catch (IOException e) {
                    // the other end is gone
                  }
                });
        each.setDaemon(true);
        each.start();
      } catch (IOException e) {
        return; // closed
      }
    }
  }
}
