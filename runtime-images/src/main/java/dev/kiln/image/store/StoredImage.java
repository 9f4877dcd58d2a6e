package dev.kiln.image.store;

import dev.kiln.image.Image;
import dev.kiln.image.unpack.Removals;
import java.nio.file.Path;

/**
 * An image in the store, held: as long as it is not closed, {@link ImageStore#collect} leaves it
 * alone. Whoever adds an image closes this once a durable record refers to it, or once it is clear
 * that none will. Closing twice is harmless.
 */
public final class StoredImage implements AutoCloseable {

  private final Image image;
  private final Path root;
  private final Removals removals;
  private final Runnable release;

  StoredImage(Image image, Path root, Removals removals, Runnable release) {
    this.image = image;
    this.root = root;
    this.removals = removals;
    this.release = release;
  }

  /** Returns the image; its id is what the store finds it by. */
  public Image image() {
    return image;
  }

  /** Returns where its flattened root is. */
  public Path root() {
    return root;
  }

  /** Returns what was left out of the root. */
  public Removals removals() {
    return removals;
  }

  /** Lets {@link ImageStore#collect} judge the image by the references again. */
  @Override
  public void close() {
    release.run();
  }
}
