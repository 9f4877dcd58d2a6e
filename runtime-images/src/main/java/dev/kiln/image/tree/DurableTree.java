package dev.kiln.image.tree;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Operations that keep a named tree all-or-nothing across a crash: what has its final name was
 * written to the disk before, and what is to go loses its name first.
 */
public final class DurableTree {

  private static final int FORCE_THREADS = 16;
  private static final int FORCE_QUEUE = 1024;

  private DurableTree() {}

  /**
   * Forces every file and directory of the tree at {@code root} to the disk, {@code root} included.
   * Side by side, since the file system then commits many at once: 2,000 files take 0.2 s so, and 3
   * s one after another.
   */
  public static void forceAll(Path root) throws IOException {
    Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    ExecutorService threads = forcingThreads();
    try (Stream<Path> paths = Files.walk(root)) {
      paths
          .filter(path -> !Files.isSymbolicLink(path))
          .forEach(path -> threads.execute(() -> force(path, failures)));
      await(threads);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      threads.shutdownNow();
    }
    if (!failures.isEmpty()) {
      throw failures.remove();
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

  /** Threads with a short queue: whoever walks a tree that is too large for it forces files too. */
  private static ExecutorService forcingThreads() {
    return new ThreadPoolExecutor(
        FORCE_THREADS,
        FORCE_THREADS,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(FORCE_QUEUE),
        new ThreadPoolExecutor.CallerRunsPolicy());
  }

  private static void force(Path path, Queue<IOException> failures) {
    try {
      if (failures.isEmpty()) {
        force(path);
      }
    } catch (IOException e) {
      failures.add(e);
    }
  }

  private static void await(ExecutorService threads) throws IOException {
    threads.shutdown();
    try {
      while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        // A disk may be slow; each file is forced or fails some time.
      }
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
