package dev.kiln.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one image consists of.
 *
 * @param config descriptor of its configuration
 * @param layers descriptors of its layers, the lowest first; at least one
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/manifest.md">OCI image
 *     specification, image manifest</a>
 */
public record Manifest(Descriptor config, List<Descriptor> layers) {

  /** Copies; throws {@link IllegalArgumentException} where there is no layer. */
  public Manifest {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("An image has at least one layer");
    }
  }

  /** Reads a manifest, OCI's or Docker's; refuses one that is not of an image. */
  public static Manifest read(byte[] json) throws ImageRefusedException {
    JsonDocument document = JsonDocument.read("The manifest", json);
    if (document.has("manifests")) {
      // Two tools would see two images: CVE-2021-41190.
      throw document.malformed("is a manifest and an index at once");
    }
    Descriptor config =
        Descriptor.read(
            document.object("config").orElseThrow(() -> document.malformed("has no config")));
    requireKind(config, ContentKind.CONFIG);
    List<Descriptor> layers = new ArrayList<>();
    for (JsonDocument layer : document.objects("layers")) {
      Descriptor descriptor = Descriptor.read(layer);
      requireKind(descriptor, ContentKind.LAYER);
      layers.add(descriptor);
    }
    if (layers.isEmpty()) {
      throw ImageRefusedException.ofImage(ImageRefusal.NO_LAYERS, "The image has no layer");
    }
    return new Manifest(config, layers);
  }

  /** Returns the manifest as OCI's JSON; the same manifest is always the same bytes. */
  public byte[] json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schemaVersion", 2);
    json.put("mediaType", MediaType.OCI_MANIFEST);
    json.put("config", config.json());
    json.put("layers", Descriptor.json(layers));
    return JsonDocument.write(json);
  }

  private static void requireKind(Descriptor descriptor, ContentKind kind)
      throws ImageRefusedException {
    if (descriptor.kind() != kind) {
      throw ImageRefusedException.ofImage(
          ImageRefusal.UNSUPPORTED,
          "The manifest names "
              + PrintableName.of(descriptor.mediaType())
              + " where an image has its "
              + kind.name().toLowerCase(Locale.ROOT));
    }
  }
}
