package dev.kiln.image.unpack;

import dev.kiln.image.Digest;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.archive.TarBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An image's layers on disk, the lowest first: strangers' bytes whose digests as blobs were
 * checked, and nothing else.
 */
public final class LayerChain {

  /**
   * One layer.
   *
   * @param file where it is, compressed or not
   * @param diffId digest that its uncompressed content is to have
   */
  public record Layer(Path file, Digest diffId) {}

  private final List<Layer> layers;
  private final ImageLimits limits;

  /** The chain of {@code layers}, the lowest first. */
  public LayerChain(List<Layer> layers, ImageLimits limits) {
    this.layers = List.copyOf(layers);
    this.limits = limits;
  }

  /**
   * Reads all layers without writing anything: whoever has a root already still has to show that he
   * has the layers that make it. Contradictions between layers are not seen.
   *
   * @throws ImageRefusedException where a layer breaks a rule, or is not the one that its diffID
   *     names
   */
  public Removals check() throws ImageRefusedException, IOException {
    LayerReader reader = new LayerReader(TarBudget.ofLayers(limits));
    for (Layer layer : layers) {
      reader.read(layer.file(), layer.diffId(), LayerVisitor.NONE);
    }
    return reader.removals();
  }

  /**
   * Applies all layers to {@code root}, an empty directory, and forces it to the disk; where that
   * fails, what is there is the caller's to delete.
   *
   * @throws ImageRefusedException where a layer breaks a rule, or is not the one that its diffID
   *     names
   * @throws IOException where a layer cannot be read or the root cannot be written: ours
   */
  public Removals unpack(Path root) throws ImageRefusedException, IOException {
    TarBudget budget = TarBudget.ofLayers(limits);
    RootTree tree = new RootTree(root, limits, budget);
    LayerReader first = new LayerReader(TarBudget.ofLayers(limits));
    LayerReader second = new LayerReader(budget);
    for (Layer layer : layers) {
      first.read(layer.file(), layer.diffId(), tree.takingAway());
      second.read(layer.file(), layer.diffId(), tree.adding());
    }
    tree.finish();
    return first.removals();
  }
}
