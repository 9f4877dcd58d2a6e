package dev.kiln.image.code;

import dev.kiln.image.Digest;
import dev.kiln.image.tree.DurableTree;
import dev.kiln.image.tree.NamedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * The bundles compiled from stored code, at {@code state/bundles/}. A bundle is a cache: what is
 * missing is compiled again. Its bytes come from a sandbox and are only ever given to a sandbox of
 * the same code. Thread-safe; one process uses a state directory at a time.
 */
public final class BundleStore {

  private final NamedDirectory bundles;

  private BundleStore(NamedDirectory bundles) {
    this.bundles = bundles;
  }

  /**
   * Opens the store below {@code state}, made where it is missing, and removes what a crash left
   * unfinished.
   */
  public static BundleStore open(Path state) throws IOException {
    return new BundleStore(NamedDirectory.open(state.resolve("bundles")));
  }

  /** Returns the bundle of {@code key}, if there is one. */
  public Optional<byte[]> find(BundleKey key) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(bundles.path(key.fileName())));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Stores the bundle of {@code key}, and replaces an earlier one. On any failure the store is as
   * it was before.
   */
  public void put(BundleKey key, byte[] bundle) throws IOException {
    Path unfinished = bundles.newUnfinishedFile();
    try {
      write(unfinished, bundle);
      bundles.publish(unfinished, key.fileName());
    } catch (IOException | RuntimeException e) {
      DurableTree.deleteAfter(e, unfinished);
      throw e;
    }
  }

  /** Removes the bundles of all code but {@code code}. */
  public void retain(Set<Digest> code) throws IOException {
    for (String name : bundles.names()) {
      String digest = name.substring(0, Math.max(0, name.indexOf('-')));
      if (!Digest.isDigest(digest) || !code.contains(Digest.ofHex(digest))) {
        Files.deleteIfExists(bundles.path(name));
      }
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
