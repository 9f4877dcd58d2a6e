package dev.kiln.image.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A directory whose entries are complete once they have their names. All paths of a store are made
 * here:
 *
 * <pre>
 * &lt;root&gt;/&lt;name&gt;              complete
 * &lt;root&gt;/.unfinished/&lt;any&gt;   being written, or being removed
 * </pre>
 *
 * <p>Both lie in one file system, so that a rename is atomic. One process uses a root at a time.
 */
public final class NamedDirectory {

  private static final String UNFINISHED = ".unfinished";

  private final Path root;
  private final Path unfinished;

  private NamedDirectory(Path root, Path unfinished) {
    this.root = root;
    this.unfinished = unfinished;
  }

  /** Opens {@code root}, made where it is missing, and removes what a crash left unfinished. */
  public static NamedDirectory open(Path root) throws IOException {
    return open(root, root.resolve(UNFINISHED));
  }

  /**
   * Opens {@code root} with what is unfinished elsewhere in the same file system: for formats that
   * allow no other entries than complete ones.
   */
  public static NamedDirectory open(Path root, Path unfinished) throws IOException {
    requireUnicodeNames();
    NamedDirectory directory = new NamedDirectory(root, unfinished);
    makePrivate(root);
    DurableTree.delete(directory.unfinished);
    makePrivate(directory.unfinished);
    DurableTree.force(root);
    return directory;
  }

  /** Returns the path that a complete entry called {@code name} has or would have. */
  public Path path(String name) {
    return root.resolve(name);
  }

  /** Returns whether there is a complete entry called {@code name}. */
  public boolean contains(String name) {
    return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns the names of all complete entries. */
  public SortedSet<String> names() throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      SortedSet<String> names = new TreeSet<>();
      children
          .map(child -> child.getFileName().toString())
          .filter(name -> !name.equals(UNFINISHED))
          .forEach(names::add);
      return names;
    }
  }

  /** Makes an empty directory to be filled and published. */
  public Path newUnfinishedDirectory() throws IOException {
    return Files.createTempDirectory(unfinished, "");
  }

  /** Makes an empty file to be filled and published. */
  public Path newUnfinishedFile() throws IOException {
    return Files.createTempFile(unfinished, "", "");
  }

  /**
   * Gives an unfinished path, already forced to the disk, its name, and replaces a file that has
   * it.
   */
  public void publish(Path finished, String name) throws IOException {
    DurableTree.publish(finished, path(name));
  }

  /** Takes the name away from an entry; returns where its content waits to be deleted. */
  public Path unpublish(String name) throws IOException {
    Path doomed = Files.createTempDirectory(unfinished, "").resolve(name);
    DurableTree.publish(path(name), doomed);
    DurableTree.force(root);
    return doomed.getParent();
  }

  private static void makePrivate(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw new NotDirectoryException(directory.toString());
      }
      Files.createDirectories(directory);
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  /**
   * Java takes the encoding of file names from the locale; in the C locale it cannot name half of
   * the world's files.
   */
  private static void requireUnicodeNames() {
    try {
      Path unused = Path.of("\u00e9\u6f22");
    } catch (InvalidPathException e) {
      throw new IllegalStateException(
          "File names must be UTF-8: start the JVM with LC_ALL=C.UTF-8", e);
    }
  }
}
