package dev.kiln.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Which build of the launcher this code belongs to: the digest that the C build wrote beside the
 * launcher's binary and Maven packed with these classes. A launcher of another build is refused,
 * since it may mean something else by the same bytes.
 */
final class Build {

  private static final String RESOURCE = "build-id";

  private Build() {}

  static byte[] id() {
    try (InputStream file = Build.class.getResourceAsStream(RESOURCE)) {
      if (file == null) {
        throw new IllegalStateException(
            "no " + RESOURCE + " beside the classes: build warm-pool with Maven");
      }
      String hex = new String(file.readAllBytes(), StandardCharsets.US_ASCII).strip();
      return HexFormat.of().parseHex(hex);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
