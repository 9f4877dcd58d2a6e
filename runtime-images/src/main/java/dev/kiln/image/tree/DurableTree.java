package dev.kiln.image.tree;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Operations that keep a named tree all-or-nothing across a crash: what has its final name was written to the disk
 * before, and what is to go loses its name first.
 */
public final class DurableTree {

  private DurableTree() {}

  /** Forces every directory below and including {@code root} to the disk; files must have been forced by their writer. */
  public static void forceDirectories(Path root) throws IOException {
    Files.walkFileTree(root, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
          throws IOException {
        if (failure != null) {
          throw failure;
        }
        force(directory);
        return FileVisitResult.CONTINUE;
      }
    });
  }

  /** Forces the content and attributes of one file or directory to the disk. */
  public static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Gives {@code from} the name {@code to}, atomically, and makes that last. Both lie in one file system. */
  public static void publish(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    force(to.toAbsolutePath().getParent());
  }

  /** Deletes {@code path} and all below it, following no link; does nothing where there is no such path. */
  public static void delete(Path path) throws IOException {
    try {
      Files.walkFileTree(path, new DeletingVisitor());
    } catch (NoSuchFileException e) {
      if (!path.toString().equals(e.getFile())) {
        throw e;
      }
    }
  }

  /** Deletes {@code path} after {@code failure}, which stays the first error. */
  public static void deleteAfter(Throwable failure, Path path) {
    try {
      delete(path);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static final class DeletingVisitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(
        Path directory, @Nullable IOException failure) throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
