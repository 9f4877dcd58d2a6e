package dev.kiln.image.build;

import java.util.Comparator;

/**
 * A package whose files are in an image.
 *
 * @param name such as {@code libssl3}
 * @param version such as {@code 3.0.17-1~deb12u2}
 * @param architecture such as {@code amd64}
 */
public record ImagePackage(String name, String version, String architecture)
    implements Comparable<ImagePackage> {

  private static final Comparator<ImagePackage> ORDER =
      Comparator.comparing(ImagePackage::name)
          .thenComparing(ImagePackage::architecture)
          .thenComparing(ImagePackage::version);

  @Override
  public int compareTo(ImagePackage other) {
    return ORDER.compare(this, other);
  }
}
