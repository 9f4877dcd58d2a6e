package dev.kiln.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client that sends what a test says, byte for byte, and may hang up whenever the test wants. */
final class RawClient implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 20_000;
  private static final String STATUS_LINE = "HTTP/1.1 ";
  private static final int NARROW_BYTES = 4_096;

  private final Socket socket;
  private final BufferedReader reader;

  RawClient(int port) {
    this(port, new Socket());
  }

  private RawClient(int port, Socket socket) {
    this.socket = socket;
    try {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.setSoTimeout(TIMEOUT_MILLIS);
      reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a client that buffers little of what it does not read. */
  static RawClient narrow(int port) {
    Socket socket = new Socket();
    try {
      socket.setReceiveBufferSize(NARROW_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RawClient(port, socket);
  }

  RawClient send(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  RawClient post(String path, String body) {
    return send(
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  String readLine() {
    try {
      return reader.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the first line that starts with {@code prefix}. */
  String readUntil(String prefix) {
    String line = readLine();
    while (!line.startsWith(prefix)) {
      line = readLine();
    }
    return line;
  }

  /** Returns the next answer's status; a body without a line feed stands right before it. */
  int readStatus() {
    String line = readLine();
    while (!line.contains(STATUS_LINE)) {
      line = readLine();
    }
    int status = line.indexOf(STATUS_LINE) + STATUS_LINE.length();
    return Integer.parseInt(line.substring(status, status + 3));
  }

  /** Returns whether the gateway ends the connection, with nothing more to read. */
  boolean hasEnded() {
    try {
      return reader.readLine() == null;
    } catch (IOException e) {
      return !(e instanceof SocketTimeoutException);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
