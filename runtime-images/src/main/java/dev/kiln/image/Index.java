package dev.kiln.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A list of manifests: the same image for several platforms, or all images of a layout ({@code
 * index.json}).
 *
 * @param manifests descriptors of manifests, and of what else the index lists
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-index.md">OCI image
 *     specification, image index</a>
 */
public record Index(List<Descriptor> manifests) {

  /** Copies. */
  public Index {
    manifests = List.copyOf(manifests);
  }

  /** Reads an index, OCI's or Docker's. */
  public static Index read(byte[] json) throws ImageRefusedException {
    JsonDocument document = JsonDocument.read("The index", json);
    if (document.has("layers") || document.has("config")) {
      // Two tools would see two images: CVE-2021-41190.
      throw document.malformed("is an index and a manifest at once");
    }
    List<Descriptor> manifests = new ArrayList<>();
    for (JsonDocument manifest : document.objects("manifests")) {
      manifests.add(Descriptor.read(manifest));
    }
    return new Index(manifests);
  }

  /** Returns the index as OCI's JSON. */
  public byte[] json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schemaVersion", 2);
    json.put("mediaType", MediaType.OCI_INDEX);
    json.put("manifests", Descriptor.json(manifests));
    return JsonDocument.write(json);
  }
}
