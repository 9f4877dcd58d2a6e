package dev.kiln.image;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an image is made for, in Go's words, as the OCI image specification has it. Variants of an
 * architecture are not looked at.
 *
 * @param os operating system, such as {@code linux}
 * @param architecture such as {@code amd64} or {@code arm64}
 */
public record Platform(String os, String architecture) {

  /** Returns the platform of this machine, as its JVM knows it. */
  public static Platform ofThisMachine() {
    String architecture = System.getProperty("os.arch");
    return new Platform("linux", architecture.equals("aarch64") ? "arm64" : architecture);
  }

  SortedMap<String, String> json() {
    return new TreeMap<>(Map.of("architecture", architecture, "os", os));
  }

  /** Returns {@code os/architecture}. */
  @Override
  public String toString() {
    return os + "/" + architecture;
  }
}
