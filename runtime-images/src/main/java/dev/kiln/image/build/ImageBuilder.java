package dev.kiln.image.build;

import dev.kiln.image.Digest;
import dev.kiln.image.build.ImagePlanner.Planned;
import dev.kiln.image.tree.DurableTree;
import dev.kiln.image.tree.TreeDigest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Builds one image into its directory: {@code rootfs/} and {@code image.json}. Where nothing that
 * it depends on has changed, nothing is written. The tree is finished under another name first, so
 * what is called {@code rootfs} is complete; a build that is cut short is removed by the next. One
 * process builds into a directory at a time.
 *
 * <p>A replaced tree is kept until the next build: a Kiln that runs from it goes on importing
 * modules of it, and its mount holds the directory, not the name.
 */
public final class ImageBuilder {

  /** The root directory's name inside an image's directory. */
  public static final String ROOT = "rootfs";

  /** Counts when the same inputs begin to make another tree, so that old images are built again. */
  private static final String FORMAT = "1";

  private static final String REPLACED = ".replaced";
  private static final String UNFINISHED_PREFIX = ".unfinished-";

  private final Path descriptorFile;
  private final Path directory;

  private ImageBuilder(Path descriptorFile, Path directory) {
    this.descriptorFile = descriptorFile.toAbsolutePath().normalize();
    this.directory = directory.toAbsolutePath().normalize();
  }

  /**
   * What a build did.
   *
   * @param image the image as it is now
   * @param built whether it was written, not only found up to date
   */
  public record Outcome(BuiltImage image, boolean built) {}

  /** Builds the image of {@code descriptor} into {@code directory}, unless it is there already. */
  public static Outcome build(Path descriptor, Path directory)
      throws ImageBuildException, IOException {
    return new ImageBuilder(descriptor, directory).build();
  }

  private Outcome build() throws ImageBuildException, IOException {
    ImageDescriptor descriptor = ImageDescriptor.read(descriptorFile);
    Planned planned = ImagePlanner.plan(descriptor, descriptorFile.getParent());
    Digest inputs =
        Digest.ofContent(
            FORMAT + "\0" + Files.readString(descriptorFile) + "\0" + planned.plan().inputs());
    Optional<BuiltImage> current = BuiltImage.read(directory);
    boolean hasRoot = Files.isDirectory(directory.resolve(ROOT), LinkOption.NOFOLLOW_LINKS);
    if (hasRoot && current.isPresent() && current.get().inputs().equals(inputs.hex())) {
      return new Outcome(current.get(), false);
    }
    Files.createDirectories(directory);
    removeUnfinished();
    return new Outcome(write(descriptor, planned, inputs), true);
  }

  private BuiltImage write(ImageDescriptor descriptor, Planned planned, Digest inputs)
      throws ImageBuildException, IOException {
    Path unfinished = Files.createTempDirectory(directory, UNFINISHED_PREFIX);
    try {
      Path root = Files.createDirectory(unfinished.resolve(ROOT));
      ImageWriter.write(planned.plan(), descriptor.bytecode(), root);
      TreeDigest tree = TreeDigest.of(root);
      BuiltImage image =
          new BuiltImage(
              descriptor.name(),
              descriptor.contract(),
              tree.digest().hex(),
              inputs.hex(),
              tree.size().bytes(),
              tree.size().files(),
              descriptor.entry(),
              descriptor.environment(),
              List.copyOf(DebianPackages.describe(descriptor.packages(), planned.libraries())));
      image.write(unfinished);
      DurableTree.forceAll(unfinished);
      replace(unfinished);
      return image;
    } finally {
      DurableTree.delete(unfinished);
    }
  }

  /** Without the description an image is not up to date, so it goes first and comes last. */
  private void replace(Path unfinished) throws IOException {
    Files.deleteIfExists(directory.resolve(BuiltImage.FILE_NAME));
    DurableTree.delete(directory.resolve(REPLACED));
    if (Files.exists(directory.resolve(ROOT), LinkOption.NOFOLLOW_LINKS)) {
      DurableTree.publish(directory.resolve(ROOT), directory.resolve(REPLACED));
    }
    DurableTree.publish(unfinished.resolve(ROOT), directory.resolve(ROOT));
    DurableTree.publish(
        unfinished.resolve(BuiltImage.FILE_NAME), directory.resolve(BuiltImage.FILE_NAME));
  }

  private void removeUnfinished() throws IOException {
    List<Path> leftovers = new ArrayList<>();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(directory, UNFINISHED_PREFIX + "*")) {
      found.forEach(leftovers::add);
    }
    for (Path leftover : leftovers) {
      DurableTree.delete(leftover);
    }
  }
}
