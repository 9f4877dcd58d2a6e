package dev.kiln.image.unpack;

import dev.kiln.image.Digest;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.TestingLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A root in a directory of its own, beside something that nobody may touch. */
final class TestingRoot {

  private final Path directory;
  final Path outside;
  final Path root;

  TestingRoot(Path directory) throws IOException {
    this.directory = directory;
    this.outside = Files.createDirectories(directory.resolve("outside"));
    this.root = Files.createDirectories(directory.resolve("root"));
    Files.writeString(outside.resolve("secret"), "secret");
  }

  Removals unpack(TestingLayer... layers) throws ImageRefusedException, IOException {
    return unpack(ImageLimits.defaults(), layers);
  }

  Removals unpack(ImageLimits limits, TestingLayer... layers)
      throws ImageRefusedException, IOException {
    return chain(limits, layers).unpack(root);
  }

  LayerChain chain(ImageLimits limits, TestingLayer... layers) throws IOException {
    List<LayerChain.Layer> chain = new ArrayList<>();
    for (TestingLayer layer : layers) {
      chain.add(layer(layer.tar(), layer.diffId()));
    }
    return new LayerChain(chain, limits);
  }

  LayerChain.Layer layer(byte[] content, Digest diffId) throws IOException {
    return new LayerChain.Layer(
        Files.write(Files.createTempFile(directory, "layer", ""), content), diffId);
  }

  /**
   * Returns path to what is there: "directory", "file: content", "program: content", "link:
   * target".
   */
  SortedMap<String, String> tree() throws IOException {
    return tree(root);
  }

  static SortedMap<String, String> tree(Path root) throws IOException {
    SortedMap<String, String> tree = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        tree.put(root.relativize(path).toString(), describe(path));
      }
    }
    tree.remove("");
    return tree;
  }

  private static String describe(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return "link: " + Files.readSymbolicLink(path);
    }
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    if (Files.isDirectory(path)) {
      return mode == 0755 ? "directory" : "directory of mode " + Integer.toOctalString(mode);
    }
    return switch (mode) {
      case 0644 -> "file: " + Files.readString(path);
      case 0755 -> "program: " + Files.readString(path);
      default -> "file of mode " + Integer.toOctalString(mode);
    };
  }
}
