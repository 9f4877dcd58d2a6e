package dev.kiln.image.archive;

import java.time.Instant;
import java.util.SortedSet;

/**
 * One entry of a tar whose name and size were checked.
 *
 * @param path relative path, normalised: components joined by {@code /}, none of them empty, {@code
 *     .} or {@code ..}; empty for the root itself
 * @param kind what it is
 * @param size bytes of content; 0 for all but files
 * @param mode permission bits, with set-id and sticky
 * @param target what a link says: any text for a symbolic one, another entry's name, checked and
 *     normalised, for a hard one; else empty
 * @param modified when it was modified last, within what file systems can hold
 * @param attributes names of its extended attributes
 */
public record TarEntry(
    String path,
    Kind kind,
    long size,
    int mode,
    String target,
    Instant modified,
    SortedSet<String> attributes) {

  /** What an entry is. */
  public enum Kind {
    /** A file with content. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A symbolic link. */
    SYMBOLIC_LINK,
    /** Another name of an earlier entry. */
    HARD_LINK,
    /** A device or a fifo; a tar has no sockets. */
    NODE
  }

  /** Returns whether any execute bit is set. */
  public boolean executable() {
    return (mode & 0111) != 0;
  }
}
