package dev.kiln.image.unpack;

import dev.kiln.image.Digest;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.archive.TarBudget;
import dev.kiln.image.archive.TarEntry;
import dev.kiln.image.archive.TarReader;
import dev.kiln.image.unpack.Removals.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads layers as the OCI image specification means them: an entry adds, or by its name, a
 * <em>whiteout</em>, takes away from the layers below. Collects what is removed from the entries.
 * One reader reads all layers of one image, once.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/layer.md">OCI image
 *     specification, image layer filesystem changeset</a>
 */
final class LayerReader {

  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  /** Other names with this prefix are AUFS's own records, which every tool ignores. */
  private static final String AUFS = ".wh..wh.";

  private static final int SETUID = 04000;
  private static final int SETGID = 02000;

  private final TarBudget budget;
  private final List<Removals.Removal> removals = new ArrayList<>();
  private int omitted;

  LayerReader(TarBudget budget) {
    this.budget = budget;
  }

  /**
   * Reads a layer to its end.
   *
   * @throws ImageRefusedException also where its uncompressed content has not the digest {@code
   *     diffId}, which is known only after all was visited
   */
  void read(Path layer, Digest diffId, LayerVisitor visitor)
      throws ImageRefusedException, IOException {
    try (InputStream in = Files.newInputStream(layer, LinkOption.NOFOLLOW_LINKS);
        TarReader tar = TarReader.open(in, "layer " + diffId, budget)) {
      for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
        visit(next.get(), tar, visitor);
      }
      Digest content = tar.finish();
      if (!content.equals(diffId)) {
        throw ImageRefusedException.ofImage(
            ImageRefusal.DIFF_ID,
            "The layer whose content is to have the digest " + diffId + " has " + content);
      }
    }
  }

  Removals removals() {
    return new Removals(removals, omitted);
  }

  private void visit(TarEntry entry, TarReader tar, LayerVisitor visitor)
      throws ImageRefusedException, IOException {
    String parent = EntryPath.parent(entry.path());
    String name = EntryPath.name(entry.path());
    refuseReserved(entry, parent);
    if (name.equals(OPAQUE)) {
      visitor.hideBelow(parent);
    } else if (name.startsWith(AUFS)) {
      return;
    } else if (name.startsWith(WHITEOUT)) {
      visitor.hide(EntryPath.join(parent, hidden(entry, name)));
    } else if (keeps(entry)) {
      visitor.add(entry, tar);
    }
  }

  private static void refuseReserved(TarEntry entry, String parent) throws ImageRefusedException {
    if (parent.startsWith(WHITEOUT) || parent.contains("/" + WHITEOUT)) {
      throw ImageRefusedException.ofEntry(
          ImageRefusal.NAME_INVALID, entry.path(), "lies below a whiteout");
    }
    if (entry.path().isEmpty() && entry.kind() != TarEntry.Kind.DIRECTORY) {
      throw ImageRefusedException.ofEntry(
          ImageRefusal.NAME_INVALID, ".", "is the root, but no directory");
    }
  }

  private static String hidden(TarEntry whiteout, String name) throws ImageRefusedException {
    String hidden = name.substring(WHITEOUT.length());
    if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
      throw ImageRefusedException.ofEntry(
          ImageRefusal.NAME_CLIMBS, whiteout.path(), "is a whiteout of no entry's name");
    }
    return hidden;
  }

  /** Notes what is removed from an entry; returns whether anything is left. */
  private boolean keeps(TarEntry entry) throws ImageRefusedException {
    if (entry.kind() == TarEntry.Kind.NODE) {
      if (!entry.path().startsWith("dev/")) {
        throw ImageRefusedException.ofEntry(
            ImageRefusal.SPECIAL_FILE, entry.path(), "is a device or a fifo outside /dev");
      }
      remove(Kind.DEVICE, entry);
      return false;
    }
    if ((entry.mode() & SETUID) != 0) {
      remove(Kind.SETUID, entry);
    }
    if ((entry.mode() & SETGID) != 0) {
      remove(Kind.SETGID, entry);
    }
    if (entry.attributes().contains("security.capability")) {
      remove(Kind.CAPABILITIES, entry);
    }
    if (entry.attributes().stream().anyMatch(name -> name.startsWith("trusted."))) {
      remove(Kind.TRUSTED_ATTRIBUTE, entry);
    }
    return true;
  }

  private void remove(Kind kind, TarEntry entry) {
    if (removals.size() < Removals.KEPT) {
      removals.add(new Removals.Removal(kind, entry.path()));
    } else {
      omitted++;
    }
  }
}
