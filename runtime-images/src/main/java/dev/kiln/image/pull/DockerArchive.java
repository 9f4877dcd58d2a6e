package dev.kiln.image.pull;

import dev.kiln.image.Descriptor;
import dev.kiln.image.Digest;
import dev.kiln.image.DockerManifest;
import dev.kiln.image.Image;
import dev.kiln.image.ImageConfig;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.Manifest;
import dev.kiln.image.MediaType;
import dev.kiln.image.archive.Compression;
import dev.kiln.image.store.StagedBlob;
import dev.kiln.image.store.Staging;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the image in a Docker archive: {@code manifest.json} names files, not digests. The image
 * gets an OCI manifest that says the same, so that one content has one id however often it is sent.
 */
final class DockerArchive {

  private static final String MANIFEST = "manifest.json";

  /** What a configuration's name ends with where its digest comes before. */
  private static final String CONFIG_SUFFIX = ".json";

  private DockerArchive() {}

  static Image image(ReceivedArchive archive, Staging staging)
      throws ImageRefusedException, IOException {
    DockerManifest described = only(archive);
    StagedBlob configFile = archive.file(described.config());
    checkName(described.config(), configFile.digest());
    ImageConfig config = ImageConfig.read(archive.document("The configuration", configFile));
    List<Descriptor> layers = new ArrayList<>();
    for (String name : described.layers()) {
      layers.add(layer(archive.file(name)));
    }
    if (layers.isEmpty()) {
      throw Refusals.noLayers();
    }
    Manifest manifest = new Manifest(descriptor(MediaType.OCI_CONFIG, configFile), layers);
    StagedBlob manifestFile = staging.receive(out -> out.write(manifest.json()));
    return Image.of(descriptor(MediaType.OCI_MANIFEST, manifestFile), manifest, config);
  }

  private static DockerManifest only(ReceivedArchive archive)
      throws ImageRefusedException, IOException {
    if (!archive.has(MANIFEST)) {
      throw Refusals.noImage();
    }
    List<DockerManifest> images =
        DockerManifest.readAll(archive.document(MANIFEST, archive.file(MANIFEST)));
    if (images.size() > 1) {
      throw Refusals.severalImages(images.size());
    }
    return images.stream().findFirst().orElseThrow(Refusals::noImage);
  }

  /** Where a configuration is named by a digest, it is its own. */
  private static void checkName(String name, Digest content) throws ImageRefusedException {
    String stem =
        name.endsWith(CONFIG_SUFFIX)
            ? name.substring(0, name.length() - CONFIG_SUFFIX.length())
            : name;
    if (Digest.isDigest(stem) && !stem.equals(content.hex())) {
      throw ImageRefusedException.ofEntry(
          ImageRefusal.DIGEST, name, "has content with another digest: " + content);
    }
  }

  private static Descriptor layer(StagedBlob file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file.file()))) {
      return descriptor(MediaType.OCI_LAYER + Compression.of(in).suffix(), file);
    }
  }

  private static Descriptor descriptor(String mediaType, StagedBlob file) {
    return Descriptor.of(mediaType, file.digest(), file.size());
  }
}
