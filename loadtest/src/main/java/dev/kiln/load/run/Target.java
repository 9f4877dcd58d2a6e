package dev.kiln.load.run;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * The server that calls go to.
 *
 * @param host name or address
 * @param port TCP port
 */
public record Target(String host, int port) {

  private static final int DEFAULT_PORT = 80;

  public Target {
    if (host.isBlank() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException("no such server: " + host + ":" + port);
    }
  }

  /** Returns the server of an {@code http} URL. */
  public static Target of(URI url) {
    if (!"http".equalsIgnoreCase(url.getScheme()) || url.getHost() == null) {
      throw new IllegalArgumentException("not a URL of the form http://host[:port]: " + url);
    }
    return new Target(url.getHost(), url.getPort() < 0 ? DEFAULT_PORT : url.getPort());
  }

  /** Returns the server's URL with {@code path}, which starts with a slash. */
  public URI url(String path) {
    return URI.create("http://" + authority() + path);
  }

  String authority() {
    return host + ":" + port;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }
}
