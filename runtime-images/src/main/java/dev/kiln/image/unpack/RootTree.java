package dev.kiln.image.unpack;

import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.archive.TarBudget;
import dev.kiln.image.archive.TarEntry;
import dev.kiln.image.archive.TarReader;
import dev.kiln.image.tree.DurableTree;
import dev.kiln.image.tree.TreeMode;
import dev.kiln.image.unpack.RootPaths.Found;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The flattened root on disk while layers are applied to it. A layer is visited twice: {@link
 * #takingAway} first, then {@link #adding}, since a whiteout hides what lower layers have and never
 * what its own layer has, wherever in the layer it stands.
 */
final class RootTree {

  /**
   * Directories change with their content, so that the time that a layer gives them means little.
   */
  private static final FileTime DIRECTORY_TIME = FileTime.fromMillis(0);

  private final Path root;
  private final RootPaths paths;

  RootTree(Path root, ImageLimits limits, TarBudget budget) {
    this.root = root;
    this.paths = new RootPaths(root, limits, budget);
  }

  /**
   * Returns what applies a layer's whiteouts. A directory that takes the place of something else
   * does so here already: whiteouts in it must not go through a link that the layer replaces.
   */
  LayerVisitor takingAway() {
    return new LayerVisitor() {
      @Override
      public void hide(String path) throws ImageRefusedException, IOException {
        Optional<Path> parent = paths.find(path, EntryPath.parent(path));
        if (parent.isPresent()) {
          DurableTree.delete(parent.get().resolve(EntryPath.name(path)));
        }
      }

      @Override
      public void hideBelow(String directory) throws ImageRefusedException, IOException {
        Optional<Path> found = paths.find(directory, directory);
        if (found.isPresent()) {
          deleteBelow(found.get());
        }
      }

      @Override
      public void add(TarEntry entry, TarReader content) throws ImageRefusedException, IOException {
        if (entry.kind() == TarEntry.Kind.DIRECTORY && !entry.path().isEmpty()) {
          Optional<Path> parent = paths.find(entry.path(), EntryPath.parent(entry.path()));
          if (parent.isPresent()) {
            makeDirectory(parent.get().resolve(EntryPath.name(entry.path())));
          }
        }
      }
    };
  }

  /** Returns what adds a layer's entries. */
  LayerVisitor adding() {
    return new LayerVisitor() {
      @Override
      public void add(TarEntry entry, TarReader content) throws ImageRefusedException, IOException {
        if (!entry.path().isEmpty()) {
          RootTree.this.add(entry, content);
        }
      }
    };
  }

  /** Gives directories their mode and time, and forces the whole tree to the disk. */
  void finish() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      all.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .forEach(RootTree::finishDirectory);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    DurableTree.forceAll(root);
  }

  private void add(TarEntry entry, TarReader content) throws ImageRefusedException, IOException {
    Path parent = paths.make(entry.path(), EntryPath.parent(entry.path()));
    Path path = parent.resolve(EntryPath.name(entry.path()));
    switch (entry.kind()) {
      case DIRECTORY -> makeDirectory(path);
      case FILE -> {
        DurableTree.delete(path);
        writeFile(path, entry, content);
      }
      case SYMBOLIC_LINK -> {
        DurableTree.delete(path);
        Files.createSymbolicLink(path, Path.of(entry.target()));
      }
      case HARD_LINK -> makeHardLink(path, entry);
      case NODE -> throw new IllegalStateException("Nodes are never added");
    }
  }

  private static void makeDirectory(Path path) throws IOException {
    if (RootPaths.look(path) != Found.DIRECTORY) {
      DurableTree.delete(path);
      RootPaths.newDirectory(path);
    }
  }

  private static void writeFile(Path path, TarEntry entry, TarReader content)
      throws ImageRefusedException, IOException {
    try (OutputStream out =
        Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.copyTo(out);
    }
    TreeMode.ofFile(entry.executable()).give(path);
    Files.setLastModifiedTime(path, FileTime.from(entry.modified()));
  }

  private void makeHardLink(Path path, TarEntry entry) throws ImageRefusedException, IOException {
    Path target = hardLinkTarget(entry);
    if (target.equals(path)) {
      return;
    }
    DurableTree.delete(path);
    if (RootPaths.look(target) == Found.NOTHING) {
      throw linkTarget(entry, "replaces what it links to");
    }
    Files.createLink(path, target);
  }

  /** The way to the target follows links; a target that is itself a link is linked to as a link. */
  private Path hardLinkTarget(TarEntry entry) throws ImageRefusedException, IOException {
    Optional<Path> parent = paths.find(entry.path(), EntryPath.parent(entry.target()));
    Path target = parent.orElse(root).resolve(EntryPath.name(entry.target()));
    Found found = parent.isPresent() ? RootPaths.look(target) : Found.NOTHING;
    return switch (found) {
      case NOTHING -> throw linkTarget(entry, "links to what is not there");
      case DIRECTORY -> throw linkTarget(entry, "is a hard link to a directory");
      case LINK, OTHER -> target;
    };
  }

  private static ImageRefusedException linkTarget(TarEntry entry, String reason) {
    return ImageRefusedException.ofEntry(ImageRefusal.LINK_TARGET, entry.path(), reason);
  }

  private static void deleteBelow(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      for (Path child : (Iterable<Path>) children::iterator) {
        DurableTree.delete(child);
      }
    }
  }

  private static void finishDirectory(Path directory) {
    try {
      TreeMode.DIRECTORY.give(directory);
      Files.setLastModifiedTime(directory, DIRECTORY_TIME);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
