package dev.kiln.image.unpack;

import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.archive.TarBudget;
import dev.kiln.image.tree.TreeMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Finds directories below a root that is being unpacked, with links followed as if it were {@code
 * /}: an absolute target starts at the root again, and {@code ..} of the root is the root. Every
 * component is looked at before it is walked through, so the kernel never follows a link for Kiln.
 * Nothing changes the tree meanwhile: it lies in a private directory and has one writer.
 */
final class RootPaths {

  /** Links on one way; the kernel gives up after as many. */
  private static final int MAX_LINKS = 40;

  /** Components on one way, those of links' targets included: what a way may cost. */
  private static final int MAX_STEPS = 255;

  /** What is found at a path, without following it. */
  enum Found {
    NOTHING,
    DIRECTORY,
    LINK,
    OTHER
  }

  private final Path root;
  private final ImageLimits limits;
  private final TarBudget budget;

  RootPaths(Path root, ImageLimits limits, TarBudget budget) {
    this.root = root;
    this.limits = limits;
    this.budget = budget;
  }

  /**
   * Returns the directory that {@code path} leads to, if there is one; makes nothing. Refusals name
   * {@code entry}.
   */
  Optional<Path> find(String entry, String path) throws ImageRefusedException, IOException {
    return new Way(entry, path, false).walk();
  }

  /**
   * Returns the directory that {@code path} leads to, made with all above it where it is missing.
   * Refusals name {@code entry}.
   *
   * @throws ImageRefusedException where something else is in its place
   */
  Path make(String entry, String path) throws ImageRefusedException, IOException {
    return new Way(entry, path, true)
        .walk()
        .orElseThrow(
            () ->
                ImageRefusedException.ofEntry(
                    ImageRefusal.BELOW_A_FILE, entry, "lies below a file"));
  }

  static Found look(Path path) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isSymbolicLink()) {
        return Found.LINK;
      }
      return attributes.isDirectory() ? Found.DIRECTORY : Found.OTHER;
    } catch (NoSuchFileException e) {
      return Found.NOTHING;
    }
  }

  static void newDirectory(Path path) throws IOException {
    Files.createDirectory(path);
    TreeMode.DIRECTORY.give(path);
  }

  /** One walk. */
  private final class Way {
    private final String entry;
    private final boolean making;
    private final Deque<String> ahead;
    private Path at = root;
    private int links;
    private int steps;

    Way(String entry, String path, boolean making) {
      this.entry = entry;
      this.making = making;
      this.ahead = new ArrayDeque<>(EntryPath.components(path));
    }

    Optional<Path> walk() throws ImageRefusedException, IOException {
      boolean there = true;
      while (there && !ahead.isEmpty()) {
        count();
        there = step(ahead.pop());
      }
      return there ? Optional.of(at) : Optional.empty();
    }

    /** Walks on by one component; returns whether there is a way. */
    private boolean step(String component) throws ImageRefusedException, IOException {
      if (component.equals("..")) {
        at = at.equals(root) ? root : at.getParent();
        return true;
      }
      Path next = at.resolve(component);
      checkLength(component, next);
      return switch (look(next)) {
        case DIRECTORY -> {
          at = next;
          yield true;
        }
        case LINK -> {
          follow(Files.readSymbolicLink(next).toString());
          yield true;
        }
        case NOTHING -> making && makeDirectory(next);
        case OTHER -> false;
      };
    }

    private void follow(String target) throws ImageRefusedException {
      links++;
      count();
      if (target.startsWith("/")) {
        at = root;
      }
      List<String> components = EntryPath.components(target);
      for (int i = components.size() - 1; i >= 0; i--) {
        ahead.push(components.get(i));
      }
    }

    private boolean makeDirectory(Path next) throws ImageRefusedException, IOException {
      budget.spendEntry(entry);
      newDirectory(next);
      at = next;
      return true;
    }

    private void count() throws ImageRefusedException {
      steps++;
      if (links > MAX_LINKS || steps > MAX_STEPS) {
        throw ImageRefusedException.ofEntry(
            ImageRefusal.LINK_LOOPS, entry, "is reached through too many links or directories");
      }
    }

    private void checkLength(String component, Path next) throws ImageRefusedException {
      boolean tooLong = bytes(component) > ImageLimits.COMPONENT_BYTES;
      if (tooLong || bytes(root.relativize(next).toString()) > limits.pathBytes()) {
        throw ImageRefusedException.ofEntry(
            ImageRefusal.NAME_TOO_LONG, entry, "leads to a path that is too long");
      }
    }

    private static int bytes(String text) {
      return text.getBytes(StandardCharsets.UTF_8).length;
    }
  }
}
