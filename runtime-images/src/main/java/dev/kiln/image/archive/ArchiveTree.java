package dev.kiln.image.archive;

import static dev.kiln.image.archive.ArchiveRefusal.CONFLICT;
import static dev.kiln.image.archive.ArchiveRefusal.DUPLICATE;
import static dev.kiln.image.archive.ArchiveRefusal.TOO_MANY_ENTRIES;

import java.util.HashMap;
import java.util.Map;

/**
 * The names of an archive as the tree they would make, to refuse contradictions before a byte is
 * written: two entries of one name, something below a file or a link. Directories that only their
 * content names count as entries, so that deep names cannot make more directories than entries are
 * allowed.
 */
final class ArchiveTree {

  private final ArchiveLimits limits;
  private final Map<String, Node> nodes = new HashMap<>();

  ArchiveTree(ArchiveLimits limits) {
    this.limits = limits;
  }

  private record Node(EntryKind kind, boolean declared) {}

  /** Adds an entry and the directories above it. */
  void add(String path, EntryKind kind) throws ArchiveRefusedException {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      addParent(path, path.substring(0, slash));
    }
    Node previous = nodes.get(path);
    if (previous != null && previous.declared()) {
      throw ArchiveRefusedException.ofEntry(DUPLICATE, path, "is in the archive twice");
    }
    if (previous != null && kind != EntryKind.DIRECTORY) {
      throw ArchiveRefusedException.ofEntry(
          CONFLICT, path, "is no directory, but other entries lie below it");
    }
    put(path, new Node(kind, true));
  }

  private void addParent(String entry, String directory) throws ArchiveRefusedException {
    Node parent = nodes.get(directory);
    if (parent == null) {
      put(directory, new Node(EntryKind.DIRECTORY, false));
    } else if (parent.kind() != EntryKind.DIRECTORY) {
      throw ArchiveRefusedException.ofEntry(
          CONFLICT, entry, "lies below '" + directory + "', which is no directory");
    }
  }

  private void put(String path, Node node) throws ArchiveRefusedException {
    nodes.put(path, node);
    if (nodes.size() > limits.entries()) {
      throw ArchiveRefusedException.ofArchive(
          TOO_MANY_ENTRIES,
          "The archive makes more than " + limits.entries() + " files and directories");
    }
  }
}
