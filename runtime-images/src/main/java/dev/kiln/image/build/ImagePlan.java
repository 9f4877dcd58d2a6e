package dev.kiln.image.build;

import dev.kiln.image.Digest;
import dev.kiln.image.build.PlannedEntry.Copy;
import dev.kiln.image.build.PlannedEntry.Directory;
import dev.kiln.image.build.PlannedEntry.Link;
import dev.kiln.image.build.PlannedEntry.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All entries of an image by target, as data: made before anything is written, so that a wrong
 * descriptor leaves nothing behind and an image that is up to date is told by its inputs alone. Not
 * thread-safe.
 */
final class ImagePlan {

  private final SortedMap<Path, PlannedEntry> entries = new TreeMap<>();

  /** Returns the entries; each comes after the directory it lies in, which is always among them. */
  SortedMap<Path, PlannedEntry> entries() {
    return Collections.unmodifiableSortedMap(entries);
  }

  boolean contains(Path target) {
    return entries.containsKey(target);
  }

  void directory(Path target) throws ImageBuildException {
    add(target, new Directory());
  }

  void text(Path target, String content) throws ImageBuildException {
    add(target, new Text(content));
  }

  void link(Path target, String says) throws ImageBuildException {
    add(target, new Link(says));
  }

  void copy(Path target, List<Path> sources, boolean executable) throws ImageBuildException {
    add(target, new Copy(sources, executable));
  }

  /**
   * Adds what the host has at {@code path}, under its real directory, so that {@code /lib/x} and
   * {@code /usr/lib/x} are one. For a symbolic link its target is added too.
   */
  void host(Path path) throws ImageBuildException, IOException {
    Path target = path.getParent().toRealPath().resolve(path.getFileName());
    if (contains(target)) {
      return;
    }
    if (Files.isSymbolicLink(target)) {
      Path says = Files.readSymbolicLink(target);
      link(target, says.toString());
      host(target.resolveSibling(says).normalize());
    } else if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      directory(target);
    } else if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
      copy(target, List.of(target), Files.isExecutable(target));
    } else {
      throw new ImageBuildException("Neither a file, a directory nor a link on this host: " + path);
    }
  }

  /**
   * Returns a digest of all that the image depends on. Sources are told by path, size and time of
   * change, so that nothing changed is found out without reading them.
   */
  Digest inputs() throws IOException {
    MessageDigest sha256 = Digest.sha256();
    for (var entry : entries.entrySet()) {
      sha256.update(
          (entry.getKey() + "\0" + describe(entry.getValue()) + "\0")
              .getBytes(StandardCharsets.UTF_8));
    }
    return Digest.finish(sha256);
  }

  private void add(Path target, PlannedEntry entry) throws ImageBuildException {
    for (Path parent = target.getParent(); parent.getNameCount() > 0; parent = parent.getParent()) {
      PlannedEntry above = entries.putIfAbsent(parent, new Directory());
      if (above != null && !(above instanceof Directory)) {
        throw new ImageBuildException(
            "The image has no directory at " + parent + ", but entries below it");
      }
    }
    PlannedEntry previous = entries.putIfAbsent(target, entry);
    if (previous != null && !previous.equals(entry)) {
      throw new ImageBuildException("Two things are to be at " + target + " of the image");
    }
  }

  private static String describe(PlannedEntry entry) throws IOException {
    if (entry instanceof Copy copy) {
      StringBuilder description = new StringBuilder(copy.executable() ? "program" : "file");
      for (Path source : copy.sources()) {
        BasicFileAttributes attributes = Files.readAttributes(source, BasicFileAttributes.class);
        description.append(' ').append(source).append(' ').append(attributes.size());
        description.append(' ').append(attributes.lastModifiedTime().toInstant());
      }
      return description.toString();
    }
    return entry.toString();
  }
}
