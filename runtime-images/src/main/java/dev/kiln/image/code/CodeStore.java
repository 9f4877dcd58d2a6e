package dev.kiln.image.code;

import dev.kiln.image.Digest;
import dev.kiln.image.archive.ArchiveLimits;
import dev.kiln.image.archive.ArchiveRefusedException;
import dev.kiln.image.archive.ZipReader;
import dev.kiln.image.tree.DurableTree;
import dev.kiln.image.tree.NamedDirectory;
import dev.kiln.image.tree.TreeDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The code of all functions: finished trees at {@code state/code/<digest>}, where the launcher
 * finds them, each unpacked once however often it is uploaded. A tree under its digest is complete
 * and was forced to the disk; it never changes, so readers need no lock. Thread-safe; one process
 * uses a state directory at a time.
 */
public final class CodeStore {

  private final NamedDirectory trees;
  private final ArchiveLimits limits;

  /** Guards {@link #holds}, {@link #added} and every change of a name. */
  private final Object lock = new Object();

  /**
   * Held while collecting: what was added since a collection began is known of one collection only.
   */
  private final Object collecting = new Object();

  private final Map<Digest, Integer> holds = new HashMap<>();
  private final Set<Digest> added = new HashSet<>();

  private CodeStore(NamedDirectory trees, ArchiveLimits limits) {
    this.trees = trees;
    this.limits = limits;
  }

  /**
   * Opens the store below {@code state}, made where it is missing, and removes what a crash left
   * unfinished.
   */
  public static CodeStore open(Path state, ArchiveLimits limits) throws IOException {
    return new CodeStore(NamedDirectory.open(state.resolve("code")), limits);
  }

  /**
   * Stores the tree that {@code zip} holds, or finds it already there. The zip stays where it is.
   * On any failure the store is as it was before.
   *
   * @throws ArchiveRefusedException where the zip breaks a rule: the sender's fault
   * @throws IOException where the zip cannot be read or the tree cannot be written: ours
   */
  public StoredCode add(Path zip) throws ArchiveRefusedException, IOException {
    Path unfinished = trees.newUnfinishedDirectory();
    try (ZipReader reader = ZipReader.open(zip, limits)) {
      TreeDigest tree = Unpacker.unpack(reader, unfinished);
      return publish(unfinished, tree);
    } catch (ArchiveRefusedException | IOException | RuntimeException e) {
      DurableTree.deleteAfter(e, unfinished);
      throw e;
    }
  }

  /** Returns whether the tree of {@code digest} is here. */
  public boolean contains(Digest digest) {
    return trees.contains(digest.hex());
  }

  /** Returns where the tree of {@code digest} is or would be. */
  public Path directory(Digest digest) {
    return trees.path(digest.hex());
  }

  /** Returns the digests of all trees. */
  public SortedSet<Digest> digests() throws IOException {
    SortedSet<Digest> digests = new TreeSet<>();
    trees.names().stream().filter(Digest::isDigest).map(Digest::ofHex).forEach(digests::add);
    return digests;
  }

  /**
   * Removes every tree that nothing refers to and nobody holds; returns the removed. {@code
   * referenced} is asked once, after the candidates were listed: whatever was added or closed
   * meanwhile is left for the next time, so a record written before its {@link StoredCode} was
   * closed is never missed. A sandbox that still runs a removed tree sees its files vanish: retire
   * versions first.
   */
  public Set<Digest> collect(Supplier<Set<Digest>> referenced) throws IOException {
    synchronized (collecting) {
      Set<Digest> candidates = candidates();
      candidates.removeAll(referenced.get());
      Set<Digest> removed = new TreeSet<>();
      for (Digest digest : candidates) {
        Optional<Path> doomed = unpublish(digest);
        if (doomed.isPresent()) {
          DurableTree.delete(doomed.get());
          removed.add(digest);
        }
      }
      return removed;
    }
  }

  private StoredCode publish(Path unfinished, TreeDigest tree) throws IOException {
    Digest digest = tree.digest();
    synchronized (lock) {
      if (contains(digest)) {
        DurableTree.delete(unfinished);
      } else {
        trees.publish(unfinished, digest.hex());
      }
      added.add(digest);
      holds.merge(digest, 1, Integer::sum);
    }
    AtomicBoolean open = new AtomicBoolean(true);
    return new StoredCode(
        digest,
        tree.size(),
        () -> {
          if (open.getAndSet(false)) {
            release(digest);
          }
        });
  }

  private void release(Digest digest) {
    synchronized (lock) {
      holds.computeIfPresent(digest, (held, count) -> count == 1 ? null : count - 1);
    }
  }

  private Set<Digest> candidates() throws IOException {
    synchronized (lock) {
      added.clear();
      Set<Digest> candidates = new TreeSet<>(digests());
      candidates.removeAll(holds.keySet());
      return candidates;
    }
  }

  private Optional<Path> unpublish(Digest digest) throws IOException {
    synchronized (lock) {
      if (added.contains(digest) || !contains(digest)) {
        return Optional.empty();
      }
      return Optional.of(trees.unpublish(digest.hex()));
    }
  }
}
