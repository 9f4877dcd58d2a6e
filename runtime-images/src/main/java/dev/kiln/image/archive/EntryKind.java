package dev.kiln.image.archive;

/** What an entry of an archive is. */
public enum EntryKind {
  /** A file with content. */
  FILE,
  /** A directory. */
  DIRECTORY,
  /** A symbolic link; its content is the target. */
  LINK
}
