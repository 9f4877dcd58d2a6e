package dev.kiln.image.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.image.Digest;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.Platform;
import dev.kiln.image.TestingImage;
import dev.kiln.image.TestingLayer;
import dev.kiln.image.store.ImageStore;
import dev.kiln.image.store.StoredImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image larger than the heap: blobs and files are streamed. */
final class LargeImageTest {

  private static final long LAYER_BYTES = 200L << 20;
  private static final String HEAP = "32m";

  @TempDir Path directory;

  @Test
  void importsALayerOf200MegabytesWithAHeapOf32() throws Exception {
    Path archive = directory.resolve("large.tar");
    writeArchive(archive);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Importing.class.getName(),
                directory.resolve("state").toString(),
                archive.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.out.print(said);

    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    ImageStore store = ImageStore.open(directory.resolve("state"), ImageLimits.defaults());
    Digest id = store.ids().iterator().next();
    assertThat(store.root(store.find(id).orElseThrow()).resolve("large")).hasSize(LAYER_BYTES);
    assertThat(store.collect(Set::of)).containsExactly(id);
  }

  private void writeArchive(Path archive) throws IOException {
    Path layer = directory.resolve("layer.tar");
    writeLayer(layer);
    TestingImage image = new TestingImage().layer(new byte[0], digest(layer)).docker();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(archive))) {
      for (Map.Entry<String, byte[]> file : image.files.entrySet()) {
        boolean isLayer = file.getKey().endsWith("layer.tar");
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(isLayer ? Files.size(layer) : file.getValue().length);
        tar.putArchiveEntry(entry);
        if (isLayer) {
          Files.copy(layer, tar);
        } else {
          tar.write(file.getValue());
        }
        tar.closeArchiveEntry();
      }
    }
    Files.delete(layer);
  }

  /** A header, then zeros that take no room on the disk, the tar's own end among them. */
  private static void writeLayer(Path layer) throws IOException {
    byte[] header = TestingLayer.of(TestingLayer.file("large", "")).tar();
    TarArchiveEntry entry = new TarArchiveEntry("large");
    entry.setSize(LAYER_BYTES);
    entry.writeEntryHeader(header);
    try (RandomAccessFile file = new RandomAccessFile(layer.toFile(), "rw")) {
      file.write(header, 0, 512);
      file.setLength(512 + LAYER_BYTES + 1024);
    }
  }

  private static Digest digest(Path file) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return Digest.finish(sha256);
  }

  /** The process with a small heap. */
  static final class Importing {
    public static void main(String[] arguments) throws Exception {
      ImageStore store = ImageStore.open(Path.of(arguments[0]), ImageLimits.defaults());
      ImageImporter importer =
          new ImageImporter(store, ImageLimits.defaults(), Platform.ofThisMachine());
      long before = usedBytes();
      long start = System.nanoTime();
      try (InputStream in = Files.newInputStream(Path.of(arguments[1]));
          StoredImage stored = importer.importArchive(in)) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        System.out.printf(
            "imported %s in %d ms; used heap grew by %d KiB%n",
            stored.image().id(), millis, (usedBytes() - before) / 1024);
      }
    }

    private static long usedBytes() {
      System.gc();
      return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
  }
}
