package dev.kiln.image.store;

import dev.kiln.image.Digest;
import dev.kiln.image.Index;
import dev.kiln.image.tree.DurableTree;
import dev.kiln.image.tree.NamedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * All paths of the image store:
 *
 * <pre>
 * &lt;state&gt;/images/oci-layout           version of the layout
 * &lt;state&gt;/images/index.json           the images that are here
 * &lt;state&gt;/images/blobs/sha256/&lt;hex&gt;   manifests, configurations, layers as they came
 * &lt;state&gt;/images/.unfinished/         being received, or being removed
 * &lt;state&gt;/roots/&lt;hex&gt;                 unpacked, by ChainID
 * &lt;state&gt;/roots/.unfinished/          being unpacked, or being removed
 * </pre>
 *
 * <p>An image is added from the blobs up: only when all of them and its root have their names does
 * {@code index.json} name it. It is removed from the index down.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md">OCI image
 *     specification, image layout</a>
 */
final class ImageLayout {

  private static final String VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}";

  private final Path images;
  private final NamedDirectory blobs;
  private final NamedDirectory roots;

  private ImageLayout(Path images, NamedDirectory blobs, NamedDirectory roots) {
    this.images = images;
    this.blobs = blobs;
    this.roots = roots;
  }

  /** Opens the layout below {@code state}, made where it is missing. */
  static ImageLayout open(Path state) throws IOException {
    Path images = state.resolve("images");
    NamedDirectory blobs =
        NamedDirectory.open(images.resolve("blobs/sha256"), images.resolve(".unfinished"));
    ImageLayout layout =
        new ImageLayout(images, blobs, NamedDirectory.open(state.resolve("roots")));
    if (!Files.exists(layout.index())) {
      layout.writeIndex(new Index(List.of()));
    }
    Path version = images.resolve("oci-layout");
    if (!Files.exists(version)) {
      layout.write(version, VERSION.getBytes(StandardCharsets.UTF_8));
    }
    return layout;
  }

  byte[] readIndex() throws IOException {
    return Files.readAllBytes(index());
  }

  void writeIndex(Index index) throws IOException {
    write(index(), index.json());
  }

  Path blob(Digest digest) {
    return blobs.path(digest.hex());
  }

  Path root(Digest chainId) {
    return roots.path(chainId.hex());
  }

  boolean hasRoot(Digest chainId) {
    return roots.contains(chainId.hex());
  }

  Path newStagingDirectory() throws IOException {
    return blobs.newUnfinishedDirectory();
  }

  Path newUnfinishedRoot() throws IOException {
    return roots.newUnfinishedDirectory();
  }

  /** Gives a received file its name, unless there is such a blob. */
  void publishBlob(StagedBlob blob) throws IOException {
    if (!blobs.contains(blob.digest().hex())) {
      DurableTree.force(blob.file());
      blobs.publish(blob.file(), blob.digest().hex());
    }
  }

  /** Gives a root that was forced to the disk its name. */
  void publishRoot(Path root, Digest chainId) throws IOException {
    roots.publish(root, chainId.hex());
  }

  /** Removes all blobs and roots but these. */
  void retain(Set<Digest> liveBlobs, Set<Digest> liveRoots) throws IOException {
    retain(blobs, liveBlobs);
    retain(roots, liveRoots);
  }

  private Path index() {
    return images.resolve("index.json");
  }

  private void write(Path file, byte[] content) throws IOException {
    Path unfinished = blobs.newUnfinishedFile();
    Files.write(unfinished, content);
    DurableTree.force(unfinished);
    DurableTree.publish(unfinished, file);
  }

  private static void retain(NamedDirectory directory, Set<Digest> live) throws IOException {
    for (String name : directory.names()) {
      if (!Digest.isDigest(name) || !live.contains(Digest.ofHex(name))) {
        DurableTree.delete(directory.unpublish(name));
      }
    }
  }
}
