package dev.kiln.image.unpack;

import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.archive.TarEntry;
import dev.kiln.image.archive.TarReader;
import java.io.IOException;

/** Receives what a layer says, in its order. Paths are relative and have no {@code ..}. */
interface LayerVisitor {

  /** Receives nothing: the layer is only checked. */
  LayerVisitor NONE = new LayerVisitor() {};

  /** What lower layers have at {@code path} is hidden. */
  default void hide(String path) throws ImageRefusedException, IOException {}

  /** What lower layers have below {@code directory} is hidden. */
  default void hideBelow(String directory) throws ImageRefusedException, IOException {}

  /** The layer has an entry; if it is a file, {@code content} has its content. Never a node. */
  default void add(TarEntry entry, TarReader content) throws ImageRefusedException, IOException {}
}
