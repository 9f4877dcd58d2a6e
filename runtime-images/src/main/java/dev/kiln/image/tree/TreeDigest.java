package dev.kiln.image.tree;

import dev.kiln.image.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Names a directory tree by what it contains. The definition is part of the store's format and
 * never changes:
 *
 * <p>The digest is the SHA-256 of one record for each entry below the root, in ascending order of
 * the path's UTF-8 bytes. A record is the type ({@code d}, {@code f} or {@code l}), the permission
 * bits as four octal digits ({@code 0000} for a link), a space, the path relative to the root with
 * {@code /} between components, a NUL, then for a file the 64 hexadecimal digits of its content's
 * SHA-256, for a link its target, for a directory nothing, and a NUL. Owners and times are not part
 * of it. Not thread-safe.
 */
public final class TreeDigest {

  private static final int BUFFER_BYTES = 1 << 16;

  private final SortedMap<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);
  private long bytes;
  private int files;

  /**
   * Computes the digest and size of the tree on disk below {@code root}, without following links.
   */
  public static TreeDigest of(Path root) throws IOException {
    TreeDigest tree = new TreeDigest();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (!path.equals(root)) {
          tree.addFromDisk(root, path);
        }
      }
    }
    return tree;
  }

  /** Adds a directory. */
  public void directory(String path, int mode) {
    add('d', mode, path, "");
  }

  /** Adds a file whose content has {@code size} bytes and the digest {@code content}. */
  public void file(String path, int mode, Digest content, long size) {
    add('f', mode, path, content.hex());
    bytes += size;
    files++;
  }

  /** Adds a symbolic link. */
  public void link(String path, String target) {
    add('l', 0, path, target);
    files++;
  }

  /** Returns the digest of what was added so far. */
  public Digest digest() {
    MessageDigest sha256 = Digest.sha256();
    records.forEach((path, record) -> sha256.update(record));
    return Digest.finish(sha256);
  }

  /** Returns the size of what was added so far. */
  public TreeSize size() {
    return new TreeSize(bytes, files);
  }

  private void add(char type, int mode, String path, String content) {
    String record = String.format(Locale.ROOT, "%c%04o %s\0%s\0", type, mode, path, content);
    byte[] previous = records.put(utf8(path), utf8(record));
    if (previous != null) {
      throw new IllegalArgumentException("The tree already has " + path);
    }
  }

  private void addFromDisk(Path root, Path path) throws IOException {
    String relative = root.relativize(path).toString();
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    if (Files.isSymbolicLink(path)) {
      link(relative, Files.readSymbolicLink(path).toString());
    } else if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      directory(relative, mode);
    } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      file(relative, mode, contentDigest(path), Files.size(path));
    } else {
      throw new IOException("Neither a file, a directory nor a link: " + path);
    }
  }

  private static Digest contentDigest(Path file) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
      }
    }
    return Digest.finish(sha256);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
