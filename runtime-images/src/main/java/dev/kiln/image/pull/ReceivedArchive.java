package dev.kiln.image.pull;

import dev.kiln.image.Descriptor;
import dev.kiln.image.Digest;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.PrintableName;
import dev.kiln.image.archive.TarBudget;
import dev.kiln.image.archive.TarEntry;
import dev.kiln.image.archive.TarReader;
import dev.kiln.image.store.StagedBlob;
import dev.kiln.image.store.Staging;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An archive of an image, received to its end: its files by the names that the sender gave them.
 * The order in which they came does not matter, so it can be streamed; of two with one name the
 * last counts.
 */
final class ReceivedArchive {

  private static final String BLOBS = "blobs/sha256/";

  /** Links from one name to another; Docker's own archives have at most one on a way. */
  private static final int MAX_LINKS = 8;

  private final Staging staging;
  private final ImageLimits limits;
  private final Map<String, StagedBlob> files = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();

  private ReceivedArchive(Staging staging, ImageLimits limits) {
    this.staging = staging;
    this.limits = limits;
  }

  /** Receives {@code in}, which stays open. */
  static ReceivedArchive receive(InputStream in, Staging staging, ImageLimits limits)
      throws ImageRefusedException, IOException {
    ReceivedArchive archive = new ReceivedArchive(staging, limits);
    try (TarReader tar = TarReader.open(in, "the archive", TarBudget.ofArchive(limits))) {
      for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
        archive.receive(next.get(), tar);
      }
      tar.finish();
    }
    return archive;
  }

  boolean has(String name) {
    return files.containsKey(name);
  }

  /** Returns the file that a Docker archive calls {@code name}, itself or by links. */
  StagedBlob file(String name) throws ImageRefusedException {
    String path = Path.of("/", name).normalize().toString().substring(1);
    for (int i = 0; i < MAX_LINKS && links.containsKey(path); i++) {
      path = links.get(path);
    }
    StagedBlob file = files.get(path);
    if (file == null) {
      throw missing("File '" + PrintableName.of(name) + "'");
    }
    return file;
  }

  /** Returns the blob that {@code descriptor} names; its digest was checked as it was received. */
  StagedBlob blob(Descriptor descriptor) throws ImageRefusedException {
    Digest digest = descriptor.digest();
    StagedBlob blob = staging.find(digest).orElseThrow(() -> missing("Blob " + digest));
    if (blob.size() != descriptor.size()) {
      throw ImageRefusedException.ofImage(
          ImageRefusal.SIZE_LIES,
          "Blob "
              + digest
              + " has "
              + blob.size()
              + " bytes, not the "
              + descriptor.size()
              + " that its descriptor says");
    }
    return blob;
  }

  /** Returns the content of a document; {@code name} says which, in messages. */
  byte[] document(String name, StagedBlob file) throws ImageRefusedException, IOException {
    if (file.size() > limits.documentBytes()) {
      throw ImageRefusedException.ofImage(
          ImageRefusal.TOO_LARGE, name + " has more than " + limits.documentBytes() + " bytes");
    }
    return Files.readAllBytes(file.file());
  }

  private void receive(TarEntry entry, TarReader tar) throws ImageRefusedException, IOException {
    switch (entry.kind()) {
      case FILE -> {
        StagedBlob file = staging.receive(tar::copyTo);
        checkName(entry.path(), file.digest());
        files.put(entry.path(), file);
        links.remove(entry.path());
      }
      case SYMBOLIC_LINK -> {
        links.put(entry.path(), resolved(entry));
        files.remove(entry.path());
      }
      case HARD_LINK -> links.put(entry.path(), entry.target());
      case DIRECTORY -> {}
      case NODE ->
          throw ImageRefusedException.ofEntry(
              ImageRefusal.SPECIAL_FILE, entry.path(), "is a device or a fifo");
    }
  }

  private static void checkName(String path, Digest content) throws ImageRefusedException {
    if (path.startsWith(BLOBS) && !path.equals(BLOBS + content)) {
      throw ImageRefusedException.ofEntry(
          ImageRefusal.DIGEST, path, "has content with another digest: " + content);
    }
  }

  /** Names only: nothing of the archive's is a path on this machine. */
  private static String resolved(TarEntry link) {
    return Path.of("/", link.path())
        .resolveSibling(link.target())
        .normalize()
        .toString()
        .substring(1);
  }

  private static ImageRefusedException missing(String what) {
    return ImageRefusedException.ofImage(
        ImageRefusal.BLOB_MISSING, what + " is not in the archive, but the image names it");
  }
}
