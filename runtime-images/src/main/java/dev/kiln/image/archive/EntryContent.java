package dev.kiln.image.archive;

import static dev.kiln.image.archive.ArchiveRefusal.CHECKSUM;
import static dev.kiln.image.archive.ArchiveRefusal.MALFORMED;
import static dev.kiln.image.archive.ArchiveRefusal.SIZE_LIES;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** One pass over an entry's content, which stops at the first byte beyond the declared size. */
final class EntryContent {

  private static final int BUFFER_BYTES = 1 << 16;

  private final ZipBytes zip;
  private final ArchiveEntry entry;
  private final CRC32 checksum = new CRC32();
  private long written;

  EntryContent(ZipBytes zip, ArchiveEntry entry) {
    this.zip = zip;
    this.entry = entry;
  }

  void copyTo(OutputStream out) throws ArchiveRefusedException, IOException {
    if (entry.position().deflated()) {
      inflate(out);
    } else {
      copyStored(out);
    }
    if (written != entry.size()) {
      throw sizeLies("fewer");
    }
    if ((int) checksum.getValue() != entry.position().crc32()) {
      throw ArchiveRefusedException.ofEntry(
          CHECKSUM, entry.path(), "is damaged: its checksum does not match");
    }
  }

  private void copyStored(OutputStream out) throws ArchiveRefusedException, IOException {
    long stored = entry.position().storedBytes();
    for (long at = 0; at < stored; at += BUFFER_BYTES) {
      byte[] chunk = chunk(at);
      write(out, chunk, chunk.length);
    }
  }

  private void inflate(OutputStream out) throws ArchiveRefusedException, IOException {
    Inflater inflater = new Inflater(true);
    try {
      byte[] buffer = new byte[BUFFER_BYTES];
      long at = 0;
      while (!inflater.finished()) {
        if (inflater.needsInput() && at < entry.position().storedBytes()) {
          byte[] chunk = chunk(at);
          inflater.setInput(chunk);
          at += chunk.length;
        }
        int n = inflater.inflate(buffer);
        write(out, buffer, n);
        checkProgress(inflater, n, at);
      }
      if (inflater.getBytesRead() != entry.position().storedBytes()) {
        throw sizeLies("fewer compressed");
      }
    } catch (DataFormatException e) {
      throw ArchiveRefusedException.ofEntry(
          MALFORMED, entry.path(), "is damaged: it cannot be inflated");
    } finally {
      inflater.end();
    }
  }

  /**
   * An inflater that gives nothing and has no more to take waits for bytes that the entry does not
   * have.
   */
  private void checkProgress(Inflater inflater, int inflated, long at)
      throws ArchiveRefusedException {
    boolean starved = inflater.needsInput() && at == entry.position().storedBytes();
    if (inflated == 0 && !inflater.finished() && (starved || inflater.needsDictionary())) {
      throw ArchiveRefusedException.ofEntry(
          MALFORMED, entry.path(), "is damaged: its compressed content has no end");
    }
  }

  private byte[] chunk(long at) throws ArchiveRefusedException, IOException {
    int length = (int) Math.min(BUFFER_BYTES, entry.position().storedBytes() - at);
    return zip.read(entry.position().offset() + at, length).array();
  }

  private void write(OutputStream out, byte[] bytes, int length)
      throws ArchiveRefusedException, IOException {
    if (length > entry.size() - written) {
      throw sizeLies("more");
    }
    checksum.update(bytes, 0, length);
    out.write(bytes, 0, length);
    written += length;
  }

  private ArchiveRefusedException sizeLies(String how) {
    return ArchiveRefusedException.ofEntry(
        SIZE_LIES,
        entry.path(),
        "has " + how + " bytes than the " + entry.size() + " that it declares");
  }
}
