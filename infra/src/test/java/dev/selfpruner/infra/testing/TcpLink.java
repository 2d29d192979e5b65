package dev.selfpruner.infra.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stretch of network between a client and a server of this machine, which a test can cut. The
 * server may come and go behind it.
 */
public final class TcpLink implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  private final ServerSocket entrance;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private State state = State.UP;

  private enum State {
    UP,
    /** Connections stay open, and nothing comes through: as when a cable is pulled. */
    SILENT,
    /** Connections break, and new ones do at once: as when a router reboots. */
    BROKEN
  }

  private TcpLink(ServerSocket entrance, int target) {
    this.entrance = entrance;
    this.target = target;
  }

  /** A link to {@code port} of this machine. */
  public static TcpLink to(int port) throws IOException {
    TcpLink link = new TcpLink(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
    daemon(link::accept);
    return link;
  }

  /** Where clients connect. */
  public int port() {
    return entrance.getLocalPort();
  }

  /** Keeps connections open and lets nothing through; it is not lost. */
  public void silence() {
    become(State.SILENT);
  }

  /** Breaks all connections, and those to come. */
  public void breakDown() {
    become(State.BROKEN);
    open.forEach(TcpLink::closeQuietly);
  }

  /** Lets everything through again. */
  public void restore() {
    become(State.UP);
  }

  private synchronized void become(State next) {
    state = next;
    notifyAll();
  }

  private synchronized boolean isBroken() {
    return state == State.BROKEN;
  }

  private synchronized void awaitPassage() throws InterruptedException {
    while (state == State.SILENT) {
      wait();
    }
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket client = entrance.accept();
        if (isBroken()) {
          closeQuietly(client);
        } else {
          daemon(() -> connect(client));
        }
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket client) {
    open.add(client);
    try {
      awaitPassage();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(server);
      daemon(() -> pass(server, client));
      pass(client, server);
    } catch (IOException e) {
      closeQuietly(client); // the server is down
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitPassage();
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // one of the ends is gone, and so goes the other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeQuietly(from);
      closeQuietly(to);
      open.remove(from);
      open.remove(to);
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "tcp-link");
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is of no use any more either way
    }
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    breakDown();
  }
}
