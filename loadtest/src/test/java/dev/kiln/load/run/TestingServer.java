package dev.kiln.load.run;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A real HTTP server, one thread a connection, that does to each request what a test tells it. */
final class TestingServer implements AutoCloseable {

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();

  /** Answers one request; what it does not write, the client does not get. */
  interface Behaviour {
    void answer(int request, OutputStream out, Socket connection)
        throws IOException, InterruptedException;
  }

  TestingServer(Behaviour behaviour) throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(() -> accept(behaviour));
  }

  Target target() {
    return new Target("127.0.0.1", listener.getLocalPort());
  }

  int connections() {
    return connections.get();
  }

  static void ok(OutputStream out) throws IOException {
    out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
  }

  private void accept(Behaviour behaviour) {
    while (true) {
      try {
        Socket connection = listener.accept();
        connections.incrementAndGet();
        threads.execute(() -> serve(connection, behaviour));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection, Behaviour behaviour) {
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(connection.getInputStream());
      while (readRequest(in)) {
        behaviour.answer(requests.getAndIncrement(), connection.getOutputStream(), connection);
      }
    } catch (IOException e) {
      // The client went away, or the test is over.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads a GET request's head; returns false at the end of the connection. */
  private static boolean readRequest(InputStream in) throws IOException {
    int matched = 0;
    String end = "\r\n\r\n";
    while (matched < end.length()) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      matched = next == end.charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
