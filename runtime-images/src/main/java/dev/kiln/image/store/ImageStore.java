package dev.kiln.image.store;

import dev.kiln.image.Descriptor;
import dev.kiln.image.Digest;
import dev.kiln.image.Image;
import dev.kiln.image.ImageConfig;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.Index;
import dev.kiln.image.Manifest;
import dev.kiln.image.tree.DurableTree;
import dev.kiln.image.unpack.LayerChain;
import dev.kiln.image.unpack.Removals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The images of all functions, each blob and each flattened root once however often it is sent. A
 * blob or root under its name is complete and was forced to the disk; it never changes, so readers
 * need no lock. Thread-safe; one process uses a state directory at a time.
 */
public final class ImageStore {

  private final ImageLayout layout;
  private final ImageLimits limits;

  /**
   * Shared by additions, exclusive for a collection: what an addition finds there stays there until
   * its image is named. Receiving, which takes as long as the sender likes, needs it not.
   */
  private final ReadWriteLock collecting = new ReentrantReadWriteLock(true);

  /** Guards {@link #images}, {@link #holds}, the index and the names of roots. */
  private final Object lock = new Object();

  private final SortedMap<Digest, Image> images = new TreeMap<>();
  private final Map<Digest, Integer> holds = new HashMap<>();

  private ImageStore(ImageLayout layout, ImageLimits limits) {
    this.layout = layout;
    this.limits = limits;
  }

  /**
   * Opens the store below {@code state}, made where it is missing, and removes what a crash left
   * unfinished or unnamed.
   *
   * @throws IOException also where an image that the store names is damaged or not whole
   */
  public static ImageStore open(Path state, ImageLimits limits) throws IOException {
    ImageStore store = new ImageStore(ImageLayout.open(state), limits);
    store.load();
    store.sweep();
    return store;
  }

  /** Starts to receive what an image consists of. */
  public Staging stage() throws IOException {
    return new Staging(layout.newStagingDirectory());
  }

  /**
   * Adds an image whose blobs are all in {@code staging}, checked against their digests and sizes,
   * and unpacks its layers unless their root is there. A refused image leaves the store as it was;
   * what another failure leaves without a name in the index, the next collection removes.
   *
   * @throws ImageRefusedException where a layer breaks a rule: the sender's fault
   * @throws IOException where something cannot be read or written: ours
   */
  public StoredImage add(Image image, Staging staging) throws ImageRefusedException, IOException {
    LayerChain layers = layers(image, staging);
    collecting.readLock().lock();
    try {
      Digest chainId = image.config().chainId();
      Removals removals = layout.hasRoot(chainId) ? layers.check() : unpack(layers, chainId);
      return publish(image, staging, removals);
    } finally {
      collecting.readLock().unlock();
    }
  }

  /** Returns the image with the id {@code id}, if it is here. */
  public Optional<Image> find(Digest id) {
    synchronized (lock) {
      return Optional.ofNullable(images.get(id));
    }
  }

  /** Returns the ids of all images. */
  public Set<Digest> ids() {
    synchronized (lock) {
      return new TreeSet<>(images.keySet());
    }
  }

  /** Returns where the flattened root of {@code image} is. */
  public Path root(Image image) {
    return layout.root(image.config().chainId());
  }

  /** Returns where the blob of {@code digest} is or would be. */
  public Path blob(Digest digest) {
    return layout.blob(digest);
  }

  /**
   * Removes every image that nothing refers to and nobody holds, with the blobs and the root that
   * no other image has; returns the removed. {@code referenced} is asked once, after the candidates
   * were listed, so a record written before its {@link StoredImage} was closed is never missed.
   * Additions wait meanwhile. A sandbox that still runs on a removed root sees its files vanish:
   * retire versions first.
   */
  public Set<Digest> collect(Supplier<Set<Digest>> referenced) throws IOException {
    collecting.writeLock().lock();
    try {
      Set<Digest> doomed = candidates();
      doomed.removeAll(referenced.get());
      remove(doomed);
      sweep();
      return doomed;
    } finally {
      collecting.writeLock().unlock();
    }
  }

  private void load() throws IOException {
    try {
      for (Descriptor descriptor : Index.read(layout.readIndex()).manifests()) {
        Manifest manifest = Manifest.read(Files.readAllBytes(layout.blob(descriptor.digest())));
        byte[] config = Files.readAllBytes(layout.blob(manifest.config().digest()));
        images.put(descriptor.digest(), Image.of(descriptor, manifest, ImageConfig.read(config)));
      }
    } catch (ImageRefusedException e) {
      throw new IOException("The image store is damaged: " + e.getMessage(), e);
    }
  }

  private LayerChain layers(Image image, Staging staging) {
    List<LayerChain.Layer> layers = new ArrayList<>();
    List<Digest> diffIds = image.config().diffIds();
    for (Descriptor layer : image.manifest().layers()) {
      Path file = received(staging, layer.digest()).file();
      layers.add(new LayerChain.Layer(file, diffIds.get(layers.size())));
    }
    return new LayerChain(layers, limits);
  }

  private Removals unpack(LayerChain layers, Digest chainId)
      throws ImageRefusedException, IOException {
    Path root = layout.newUnfinishedRoot();
    try {
      Removals removals = layers.unpack(root);
      synchronized (lock) {
        if (layout.hasRoot(chainId)) {
          DurableTree.delete(root);
        } else {
          layout.publishRoot(root, chainId);
        }
      }
      return removals;
    } catch (ImageRefusedException | IOException | RuntimeException e) {
      DurableTree.deleteAfter(e, root);
      throw e;
    }
  }

  private StoredImage publish(Image image, Staging staging, Removals removals) throws IOException {
    for (Digest blob : image.blobs()) {
      layout.publishBlob(received(staging, blob));
    }
    synchronized (lock) {
      if (!images.containsKey(image.id())) {
        SortedMap<Digest, Image> more = new TreeMap<>(images);
        more.put(image.id(), image);
        layout.writeIndex(index(more));
        images.put(image.id(), image);
      }
      holds.merge(image.id(), 1, Integer::sum);
    }
    AtomicBoolean open = new AtomicBoolean(true);
    return new StoredImage(
        image,
        root(image),
        removals,
        () -> {
          if (open.getAndSet(false)) {
            release(image.id());
          }
        });
  }

  private void release(Digest id) {
    synchronized (lock) {
      holds.computeIfPresent(id, (held, count) -> count == 1 ? null : count - 1);
    }
  }

  private Set<Digest> candidates() {
    synchronized (lock) {
      Set<Digest> candidates = new TreeSet<>(images.keySet());
      candidates.removeAll(holds.keySet());
      return candidates;
    }
  }

  private void remove(Set<Digest> doomed) throws IOException {
    synchronized (lock) {
      SortedMap<Digest, Image> rest = new TreeMap<>(images);
      rest.keySet().removeAll(doomed);
      layout.writeIndex(index(rest));
      images.keySet().removeAll(doomed);
    }
  }

  /**
   * Removes what no image has: what a crash or a failure left, or what an image had that is gone.
   */
  private void sweep() throws IOException {
    Set<Digest> blobs = new HashSet<>();
    Set<Digest> roots = new HashSet<>();
    synchronized (lock) {
      for (Image image : images.values()) {
        blobs.addAll(image.blobs());
        roots.add(image.config().chainId());
      }
    }
    layout.retain(blobs, roots);
  }

  private static Index index(SortedMap<Digest, Image> images) {
    return new Index(images.values().stream().map(Image::descriptor).toList());
  }

  private static StagedBlob received(Staging staging, Digest digest) {
    return staging
        .find(digest)
        .orElseThrow(() -> new IllegalArgumentException("Not received: " + digest));
  }
}
