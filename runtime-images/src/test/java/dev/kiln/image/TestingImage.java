package dev.kiln.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** An image as an archive: files by name, made whole, then bent by whoever tests a refusal. */
public final class TestingImage {

  private final List<byte[]> layers = new ArrayList<>();
  private final List<Digest> diffIds = new ArrayList<>();
  private Platform platform = Platform.ofThisMachine();

  /**
   * The files of the archive, in order; tests may change them after {@link #oci} or {@link
   * #docker}.
   */
  public final Map<String, byte[]> files = new LinkedHashMap<>();

  /** An image of these layers, compressed with gzip. */
  public static TestingImage of(TestingLayer... layers) {
    TestingImage image = new TestingImage();
    for (TestingLayer layer : layers) {
      image.layer(layer.gzip(), layer.diffId());
    }
    return image;
  }

  /** Adds a layer whose content is said to have the digest {@code diffId}. */
  public TestingImage layer(byte[] content, Digest diffId) {
    layers.add(content);
    diffIds.add(diffId);
    return this;
  }

  /** Makes the image for another platform. */
  public TestingImage platform(Platform other) {
    platform = other;
    return this;
  }

  /** Adds the files of an OCI archive whose index lists the manifest; returns its descriptor. */
  public Descriptor oci() {
    Descriptor manifest = ociManifest(true);
    index(manifest);
    return manifest;
  }

  /** Adds the blobs of an OCI archive, without an index. */
  public Descriptor ociManifest(boolean withPlatform) {
    List<Descriptor> descriptors =
        layers.stream().map(layer -> blob(MediaType.OCI_LAYER + "+gzip", layer)).toList();
    Descriptor config = blob(MediaType.OCI_CONFIG, config());
    Descriptor manifest = blob(MediaType.OCI_MANIFEST, new Manifest(config, descriptors).json());
    return withPlatform ? ofPlatform(manifest, platform) : manifest;
  }

  /** Adds {@code oci-layout} and an index that lists {@code manifests}. */
  public void index(Descriptor... manifests) {
    files.put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
    files.put("index.json", new Index(List.of(manifests)).json());
  }

  /** Adds a blob and returns its descriptor. */
  public Descriptor blob(String mediaType, byte[] content) {
    Digest digest = Digest.ofContent(content);
    files.put("blobs/sha256/" + digest, content);
    return Descriptor.of(mediaType, digest, content.length);
  }

  /** Returns the descriptor with a platform. */
  public static Descriptor ofPlatform(Descriptor manifest, Platform platform) {
    return new Descriptor(
        manifest.mediaType(), manifest.digest(), manifest.size(), Optional.of(platform));
  }

  /** Adds the files of a Docker archive, as old versions of docker save name them. */
  public TestingImage docker() {
    List<String> names = new ArrayList<>();
    for (byte[] layer : layers) {
      String name = Digest.ofContent("id" + names.size()) + "/layer.tar";
      names.add("\"" + name + "\"");
      files.put(name, layer);
    }
    String config = Digest.ofContent(config()) + ".json";
    files.put(config, config());
    files.put(
        "manifest.json",
        "[{\"Config\":\"%s\",\"RepoTags\":[\"app:1\"],\"Layers\":[%s]}]"
            .formatted(config, String.join(",", names))
            .getBytes(UTF_8));
    return this;
  }

  /** Returns the configuration. */
  public byte[] config() {
    String ids =
        diffIds.stream().map(id -> "\"" + id.qualified() + "\"").collect(Collectors.joining(","));
    return ("{\"architecture\":\"%s\",\"os\":\"%s\",\"config\":{\"Entrypoint\":[\"/bin/app\"]},"
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}")
        .formatted(platform.architecture(), platform.os(), ids)
        .getBytes(UTF_8);
  }

  /** Returns the archive. */
  public byte[] archive() {
    return TestingLayer.of(
            files.entrySet().stream()
                .map(file -> TestingLayer.file(file.getKey(), file.getValue()))
                .toArray(TestingLayer.Entry[]::new))
        .tar();
  }
}
