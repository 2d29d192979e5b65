package dev.selfpruner.activities.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes bytes between a client and a server, and counts those to the server. From a given number
 * on it passes nothing to the server any more, while all connections stay up: the client hangs in
 * the middle of what it sends, until a test kills it.
 */
public final class NarrowProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 14;

  private final ServerSocket listener;
  private final URI server;
  private final long most;
  private final AtomicLong passed = new AtomicLong();
  private final CountDownLatch full = new CountDownLatch(1);
  private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());

  private NarrowProxy(ServerSocket listener, URI server, long most) {
    this.listener = listener;
    this.server = server;
    this.most = most;
  }

  /**
   * Starts one.
   *
   * @param server address of the server, {@code http://host:port}
   * @param most bytes that it passes to the server
   */
  public static NarrowProxy start(String server, long most) throws IOException {
    NarrowProxy proxy =
        new NarrowProxy(
            new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), URI.create(server), most);
    daemon(proxy::accept);
    return proxy;
  }

  /** Where clients find it, {@code http://host:port}. */
  public String endpoint() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Bytes that it has passed to the server. */
  public long passed() {
    return passed.get();
  }

  /** Waits until it passes no more. */
  public boolean awaitFull(long seconds) throws InterruptedException {
    return full.await(seconds, TimeUnit.SECONDS);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket forwarded = new Socket(server.getHost(), server.getPort());
        sockets.add(client);
        sockets.add(forwarded);
        daemon(() -> pass(client, forwarded, true));
        daemon(() -> pass(forwarded, client, false));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void pass(Socket from, Socket to, boolean toServer) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (toServer && passed.addAndGet(read) > most) {
          full.countDown();
          Thread.sleep(TimeUnit.MINUTES.toMillis(2)); // until the client is killed
          return;
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException | InterruptedException e) {
      return; // one of them has gone
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "narrow-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : List.copyOf(sockets)) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
