package dev.kiln.image;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest: the identity of a blob or of a tree. Its text is 64 lower-case hexadecimal
 * digits, which is safe as a file name and is what the launcher accepts.
 *
 * @param hex 64 digits of {@code 0-9a-f}
 */
public record Digest(String hex) implements Comparable<Digest> {

  /** How many bytes a digest has. */
  public static final int BYTES = 32;

  private static final String ALGORITHM = "sha256:";

  /** Throws {@link IllegalArgumentException} unless {@code hex} is a digest's text. */
  public Digest {
    if (!isDigest(hex)) {
      throw new IllegalArgumentException(
          "A digest is 64 lower-case hexadecimal digits, not: " + abbreviate(hex));
    }
  }

  /** Returns the digest whose text is {@code hex}. */
  public static Digest ofHex(String hex) {
    return new Digest(hex);
  }

  /**
   * Returns the digest that a descriptor writes as {@code sha256:<hex>}, as the OCI image
   * specification has it; throws {@link IllegalArgumentException} for another algorithm or form.
   */
  public static Digest ofQualified(String text) {
    if (!text.startsWith(ALGORITHM)) {
      throw new IllegalArgumentException("Not a SHA-256 digest: " + abbreviate(text));
    }
    return new Digest(text.substring(ALGORITHM.length()));
  }

  /** Returns the digest of {@code content}. */
  public static Digest ofContent(byte[] content) {
    return finish(sha256(), content);
  }

  /** Returns the digest of the UTF-8 bytes of {@code content}. */
  public static Digest ofContent(String content) {
    return ofContent(content.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the digest of all that {@code sha256} was given, and resets it. */
  public static Digest finish(MessageDigest sha256) {
    return new Digest(HexFormat.of().formatHex(sha256.digest()));
  }

  /** Returns whether {@code text} is a digest's text. */
  public static boolean isDigest(String text) {
    return text.length() == 2 * BYTES && text.chars().allMatch(Digest::isLowerHex);
  }

  /** Returns a new, empty SHA-256 computation. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform must have SHA-256", e);
    }
  }

  /** Returns the 32 bytes. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /** Returns the text with its algorithm: {@code sha256:<hex>}. */
  public String qualified() {
    return ALGORITHM + hex;
  }

  @Override
  public int compareTo(Digest other) {
    return hex.compareTo(other.hex);
  }

  /** Returns {@link #hex}. */
  @Override
  public String toString() {
    return hex;
  }

  private static Digest finish(MessageDigest sha256, byte[] content) {
    sha256.update(content);
    return finish(sha256);
  }

  private static boolean isLowerHex(int character) {
    return character >= '0' && character <= '9' || character >= 'a' && character <= 'f';
  }

  private static String abbreviate(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
