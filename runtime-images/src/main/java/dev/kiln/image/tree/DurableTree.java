package dev.kiln.image.tree;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Operations that keep a named tree all-or-nothing across a crash: what has its final name was
 * written to the disk before, and what is to go loses its name first.
 */
public final class DurableTree {

  private static final int FORCE_THREADS = 16;

  private DurableTree() {}

  /**
   * Forces every file and directory of the tree at {@code root} to the disk, {@code root} included.
   * Side by side, since the file system then commits many at once: 2,000 files take 0.2 s so, and 3
   * s one after another.
   */
  public static void forceAll(Path root) throws IOException {
    List<Path> paths = filesAndDirectories(root);
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(FORCE_THREADS, paths.size()));
    try {
      List<Future<?>> forced = new ArrayList<>(paths.size());
      for (Path path : paths) {
        forced.add(
            threads.submit(
                () -> {
                  force(path);
                  return null;
                }));
      }
      for (Future<?> each : forced) {
        await(each);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Forces the content and attributes of one file or directory to the disk. */
  public static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Gives {@code from} the name {@code to}, atomically, and makes that last. Both lie in one file
   * system.
   */
  public static void publish(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    force(to.toAbsolutePath().getParent());
  }

  /**
   * Deletes {@code path} and all below it, following no link; does nothing where there is no such
   * path.
   */
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

  private static List<Path> filesAndDirectories(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.filter(path -> !Files.isSymbolicLink(path)).toList();
    }
  }

  private static void await(Future<?> forced) throws IOException {
    try {
      forced.get();
    } catch (ExecutionException e) {
      throw new IOException("Cannot force a file to the disk", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while files were forced to the disk");
    }
  }

  private static final class DeletingVisitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
