package dev.kiln.image.code;

import dev.kiln.image.Digest;
import dev.kiln.image.tree.TreeSize;

/**
 * A finished code tree, held: as long as it is not closed, {@link CodeStore#collect} leaves it
 * alone. Whoever adds code closes this once a durable record refers to the digest, or once it is
 * clear that none will. Closing twice is harmless.
 */
public final class StoredCode implements AutoCloseable {

  private final Digest digest;
  private final TreeSize size;
  private final Runnable release;

  StoredCode(Digest digest, TreeSize size, Runnable release) {
    this.digest = digest;
    this.size = size;
    this.release = release;
  }

  /** Returns the digest of the finished tree: what ATTACH names. */
  public Digest digest() {
    return digest;
  }

  /** Returns how large the tree is. */
  public TreeSize size() {
    return size;
  }

  /** Lets {@link CodeStore#collect} judge the tree by the references again. */
  @Override
  public void close() {
    release.run();
  }
}
