package dev.kiln.image.archive;

import static dev.kiln.image.archive.ForgedZip.deflated;
import static dev.kiln.image.archive.ForgedZip.file;
import static dev.kiln.image.archive.ForgedZip.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ZipReaderTest {

  @TempDir Path directory;

  @ParameterizedTest
  @MethodSource("dev.kiln.image.archive.HostileZips#all")
  void refusesHostileZip(HostileZips.Hostile hostile) throws IOException {
    Path path = hostile.zip().writeTo(directory.resolve("hostile.zip"));

    ArchiveRefusedException refused =
        catchThrowableOfType(ArchiveRefusedException.class, () -> readAll(path));

    assertThat(refused).isNotNull();
    assertThat(refused.refusal()).isEqualTo(hostile.refusal());
    if (hostile.entry() != null) {
      assertThat(refused.entry()).contains(hostile.entry());
      assertThat(refused.getMessage()).startsWith("Entry '" + hostile.entry() + "'");
    }
  }

  @Test
  void hasAHostileZipForEveryRefusal() {
    Set<ArchiveRefusal> tried = EnumSet.noneOf(ArchiveRefusal.class);
    HostileZips.all().forEach(hostile -> tried.add(hostile.refusal()));
    assertThat(tried).isEqualTo(EnumSet.allOf(ArchiveRefusal.class));
  }

  @Test
  void refusesEveryPrefixOfAZip() throws IOException {
    byte[] whole =
        ForgedZip.of(file("a/b.py", "content"), deflated("c", new byte[100]), link("l", "c"))
            .bytes();
    Path path = directory.resolve("cut.zip");
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThat(catchThrowableOfType(ArchiveRefusedException.class, () -> readAll(path)))
          .as("the first %d of %d bytes", length, whole.length)
          .isNotNull();
    }
  }

  @Test
  void neverFailsOtherwiseThanByRefusalWhenAnyByteIsAltered() throws Exception {
    byte[] whole =
        ForgedZip.of(file("a/b.py", "content"), deflated("c", new byte[100]), link("l", "c"))
            .bytes();
    Path path = directory.resolve("altered.zip");
    for (int at = 0; at < whole.length; at++) {
      for (int value : new int[] {0, 0x7f, 0xff, whole[at] ^ 1}) {
        byte[] altered = whole.clone();
        altered[at] = (byte) value;
        Files.write(path, altered);
        try {
          readAll(path);
        } catch (ArchiveRefusedException e) {
          assertThat(e.getMessage()).isNotBlank();
        }
      }
    }
  }

  @Test
  void readsWhatOrdinaryToolsWrite() throws Exception {
    for (Zip64Mode mode : Zip64Mode.values()) {
      Path path = directory.resolve(mode + ".zip");
      try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(path.toFile())) {
        out.setUseZip64(mode);
        out.setComment("a comment");
        writeOrdinary(out);
      }
      assertThat(readAll(path)).as("Zip64 %s", mode).isEqualTo(ordinary());
    }
  }

  @Test
  void readsWhatStreamingToolsWrite() throws Exception {
    Path path = directory.resolve("streamed.zip");
    try (OutputStream file = Files.newOutputStream(path);
        ZipArchiveOutputStream out = new ZipArchiveOutputStream(file)) {
      writeOrdinary(out);
    }
    assertThat(readAll(path)).isEqualTo(ordinary());
  }

  private static void writeOrdinary(ZipArchiveOutputStream out) throws IOException {
    write(out, "app.py", ForgedZip.FILE, "print()");
    write(out, "bin/", ForgedZip.DIRECTORY, "");
    write(out, "bin/run", ForgedZip.PROGRAM, "#!/bin/sh\n".repeat(20_000));
    write(out, "naïve/漢.txt", ForgedZip.FILE, "é");
    write(out, "lib64", ForgedZip.LINK, "./bin/../bin");
  }

  private static void write(ZipArchiveOutputStream out, String name, int mode, String content)
      throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setUnixMode(mode);
    out.putArchiveEntry(entry);
    out.write(content.getBytes(StandardCharsets.UTF_8));
    out.closeArchiveEntry();
  }

  private static Set<String> ordinary() {
    return new TreeSet<>(
        Set.of(
            "FILE false app.py 7",
            "DIRECTORY false bin 0",
            "FILE true bin/run 200000",
            "FILE false naïve/漢.txt 2",
            "LINK false lib64 12"));
  }

  /** Opens a zip and reads every entry; returns one line for each. */
  private static Set<String> readAll(Path path) throws ArchiveRefusedException, IOException {
    Set<String> lines = new TreeSet<>();
    try (ZipReader zip = ZipReader.open(path, HostileZips.LIMITS)) {
      for (ArchiveEntry entry : zip.entries()) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        zip.read(entry, content);
        lines.add(
            entry.kind() + " " + entry.executable() + " " + entry.path() + " " + content.size());
      }
    }
    return lines;
  }
}
