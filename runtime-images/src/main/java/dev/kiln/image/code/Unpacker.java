package dev.kiln.image.code;

import dev.kiln.image.Digest;
import dev.kiln.image.archive.ArchiveEntry;
import dev.kiln.image.archive.ArchiveRefusedException;
import dev.kiln.image.archive.EntryKind;
import dev.kiln.image.archive.ZipReader;
import dev.kiln.image.tree.DurableTree;
import dev.kiln.image.tree.TreeDigest;
import dev.kiln.image.tree.TreeMode;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.time.Instant;
import java.util.TreeSet;

/**
 * Writes a checked zip below an empty directory as a finished tree: every file and directory
 * readable by all, with the execute bit where the zip has it, all times the same, forced to the
 * disk. Links are made last, so nothing is ever written through one. One use.
 */
final class Unpacker {

  /**
   * The earliest time that a zip can hold, so that functions that zip their own files do not fail.
   */
  static final FileTime TIME = FileTime.from(Instant.parse("1980-01-01T00:00:00Z"));

  private final ZipReader zip;
  private final Path root;
  private final TreeDigest tree = new TreeDigest();
  private final TreeSet<String> directories = new TreeSet<>();

  private Unpacker(ZipReader zip, Path root) {
    this.zip = zip;
    this.root = root;
  }

  /**
   * Unpacks {@code zip} below {@code root}; where it fails, what it wrote is the caller's to
   * delete.
   */
  static TreeDigest unpack(ZipReader zip, Path root) throws ArchiveRefusedException, IOException {
    Unpacker unpacker = new Unpacker(zip, root);
    unpacker.makeDirectories();
    for (ArchiveEntry entry : zip.entries()) {
      if (entry.kind() == EntryKind.FILE) {
        unpacker.writeFile(entry);
      }
    }
    for (ArchiveEntry entry : zip.entries()) {
      if (entry.kind() == EntryKind.LINK) {
        unpacker.makeLink(entry);
      }
    }
    unpacker.finishDirectories();
    DurableTree.forceAll(root);
    return unpacker.tree;
  }

  private void makeDirectories() throws IOException {
    for (ArchiveEntry entry : zip.entries()) {
      String path = entry.path();
      for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
        directories.add(path.substring(0, slash));
      }
      if (entry.kind() == EntryKind.DIRECTORY) {
        directories.add(path);
      }
    }
    // A path sorts behind its own prefix, so a directory comes after the one it lies in.
    for (String directory : directories) {
      Files.createDirectory(root.resolve(directory));
      tree.directory(directory, TreeMode.DIRECTORY.bits());
    }
  }

  private void writeFile(ArchiveEntry entry) throws ArchiveRefusedException, IOException {
    Path path = root.resolve(entry.path());
    Files.createFile(path);
    TreeMode mode = TreeMode.ofFile(entry.executable());
    mode.give(path);
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      DigestOutputStream out =
          new DigestOutputStream(Channels.newOutputStream(file), Digest.sha256());
      zip.read(entry, out);
      Files.setLastModifiedTime(path, TIME);
      Digest content = Digest.finish(out.getMessageDigest());
      tree.file(entry.path(), mode.bits(), content, entry.size());
    }
  }

  private void makeLink(ArchiveEntry entry) throws IOException {
    String target = zip.target(entry);
    Files.createSymbolicLink(root.resolve(entry.path()), Path.of(target));
    tree.link(entry.path(), target);
  }

  private void finishDirectories() throws IOException {
    for (String directory : directories) {
      finishDirectory(root.resolve(directory));
    }
    finishDirectory(root);
  }

  private static void finishDirectory(Path directory) throws IOException {
    TreeMode.DIRECTORY.give(directory);
    Files.setLastModifiedTime(directory, TIME);
  }
}
