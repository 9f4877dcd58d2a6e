package dev.kiln.gateway;

import dev.kiln.gateway.function.FunctionName;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * One connection over which {@link Rehearsal} calls: as little of HTTP as answers of known length
 * need.
 */
final class RehearsalClient implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String LENGTH = "content-length:";

  private final Socket socket;
  private final InputStream answers;
  private final byte[] request;

  RehearsalClient(int port, FunctionName function) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) TIMEOUT.toMillis());
    socket.setTcpNoDelay(true);
    answers = new BufferedInputStream(socket.getInputStream());
    request =
        ("POST /functions/"
                + function
                + "/invocations HTTP/1.1\r\n"
                + "Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"rehearsal\":[1]}")
            .getBytes(StandardCharsets.US_ASCII);
  }

  /** Calls once and takes the answer, whatever it is. */
  void call() throws IOException {
    socket.getOutputStream().write(request);
    int length = 0;
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith(LENGTH)) {
        length = Integer.parseInt(lower.substring(LENGTH.length()).strip());
      }
    }
    answers.skipNBytes(length);
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = answers.read(); c != '\n'; c = answers.read()) {
      if (c < 0) {
        throw new IOException("The gateway closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
