package dev.kiln.image.build;

import java.nio.file.Path;
import java.util.List;

/** One entry of an image that is going to be written. */
sealed interface PlannedEntry {

  /** A directory. */
  record Directory() implements PlannedEntry {}

  /**
   * A file with the content of others.
   *
   * @param sources files of the host, one after another
   */
  record Copy(List<Path> sources, boolean executable) implements PlannedEntry {
    public Copy {
      sources = List.copyOf(sources);
    }
  }

  /** A file with this content. */
  record Text(String content) implements PlannedEntry {}

  /** A symbolic link. */
  record Link(String target) implements PlannedEntry {}
}
