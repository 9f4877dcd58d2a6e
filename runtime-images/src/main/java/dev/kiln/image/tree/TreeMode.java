package dev.kiln.image.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The modes of finished trees: everybody reads, since a sandbox has another uid than the tree's
 * owner; only the owner writes; no set-id and no sticky bit.
 */
public enum TreeMode {
  /** A directory. */
  DIRECTORY(0755, "rwxr-xr-x"),
  /** A file. */
  FILE(0644, "rw-r--r--"),
  /** A file that may be executed. */
  PROGRAM(0755, "rwxr-xr-x");

  private final int bits;
  private final String permissions;

  TreeMode(int bits, String permissions) {
    this.bits = bits;
    this.permissions = permissions;
  }

  /** Returns the mode of a file. */
  public static TreeMode ofFile(boolean executable) {
    return executable ? PROGRAM : FILE;
  }

  /** Returns the permission bits. */
  public int bits() {
    return bits;
  }

  /** Gives {@code path}, which is no link, this mode, whatever the umask is. */
  public void give(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }
}
