package dev.kiln.image.pull;

import dev.kiln.image.ContentKind;
import dev.kiln.image.Descriptor;
import dev.kiln.image.Digest;
import dev.kiln.image.Image;
import dev.kiln.image.ImageConfig;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.Index;
import dev.kiln.image.Manifest;
import dev.kiln.image.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the image for a platform in an OCI archive: {@code index.json} lists manifests, or one
 * index for several platforms that does. An index below that one is refused, so there is nothing to
 * recurse into.
 */
final class OciArchive {

  private static final String INDEX = "index.json";

  private OciArchive() {}

  static boolean isOne(ReceivedArchive archive) {
    return archive.has("oci-layout") && archive.has(INDEX);
  }

  static Image image(ReceivedArchive archive, Platform platform)
      throws ImageRefusedException, IOException {
    Descriptor descriptor = only(candidates(archive), platform);
    Manifest manifest = Manifest.read(archive.document("The manifest", archive.blob(descriptor)));
    ImageConfig config =
        ImageConfig.read(archive.document("The configuration", archive.blob(manifest.config())));
    for (Descriptor layer : manifest.layers()) {
      archive.blob(layer);
    }
    return Image.of(descriptor, manifest, config);
  }

  /** Returns the manifests of index.json and of the indexes that it lists. */
  private static List<Descriptor> candidates(ReceivedArchive archive)
      throws ImageRefusedException, IOException {
    List<Descriptor> candidates = new ArrayList<>();
    for (Descriptor outer : index(archive.document(INDEX, archive.file(INDEX)))) {
      if (outer.kind() != ContentKind.INDEX) {
        candidates.add(outer);
        continue;
      }
      for (Descriptor inner : index(archive.document("The index", archive.blob(outer)))) {
        if (inner.kind() == ContentKind.INDEX) {
          throw ImageRefusedException.ofImage(
              ImageRefusal.NESTED_INDEX, "Index " + outer.digest() + " lists another index");
        }
        candidates.add(inner);
      }
    }
    return candidates;
  }

  private static List<Descriptor> index(byte[] json) throws ImageRefusedException {
    return Index.read(json).manifests();
  }

  /** One image may be listed under several tags. */
  private static Descriptor only(List<Descriptor> candidates, Platform platform)
      throws ImageRefusedException {
    Map<Digest, Descriptor> manifests = new LinkedHashMap<>();
    Set<String> platforms = new TreeSet<>();
    for (Descriptor candidate : candidates) {
      if (candidate.kind() == ContentKind.MANIFEST) {
        candidate.platform().ifPresent(made -> platforms.add(made.toString()));
        if (candidate.platform().orElse(platform).equals(platform)) {
          manifests.put(candidate.digest(), candidate);
        }
      }
    }
    if (manifests.size() > 1) {
      throw Refusals.severalImages(manifests.size());
    }
    if (manifests.isEmpty() && !platforms.isEmpty()) {
      throw Refusals.wrongPlatform(String.join(", ", platforms), platform);
    }
    return manifests.values().stream().findFirst().orElseThrow(Refusals::noImage);
  }
}
