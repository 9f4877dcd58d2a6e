package dev.kiln.image.store;

import dev.kiln.image.Digest;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.tree.DurableTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one image's sender has sent so far, on the disk of the store but not in it. Closing deletes
 * what was not added. Files are numbered: no name of the sender's ever becomes a path. Not
 * thread-safe.
 */
public final class Staging implements AutoCloseable {

  private final Path directory;
  private final Map<Digest, StagedBlob> blobs = new HashMap<>();
  private int files;

  Staging(Path directory) {
    this.directory = directory;
  }

  /** Content that is written once. */
  @FunctionalInterface
  public interface Content {
    /** Writes it to {@code out}, and leaves {@code out} open. */
    void writeTo(OutputStream out) throws ImageRefusedException, IOException;
  }

  /** Receives {@code content}, whose size the caller bounds. */
  public StagedBlob receive(Content content) throws ImageRefusedException, IOException {
    Path file = directory.resolve(Integer.toString(files++));
    MessageDigest sha256 = Digest.sha256();
    try (OutputStream out =
        new DigestOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            sha256)) {
      content.writeTo(out);
    }
    StagedBlob blob = new StagedBlob(file, Digest.finish(sha256), Files.size(file));
    blobs.put(blob.digest(), blob);
    return blob;
  }

  /** Returns the received file with the digest {@code digest}, if there is one. */
  public Optional<StagedBlob> find(Digest digest) {
    return Optional.ofNullable(blobs.get(digest));
  }

  @Override
  public void close() throws IOException {
    DurableTree.delete(directory);
  }
}
