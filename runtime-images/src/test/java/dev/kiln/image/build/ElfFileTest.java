package dev.kiln.image.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ElfFileTest {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @TempDir Path directory;

  @Test
  void readsWhatTheLoaderWouldRead() throws Exception {
    ElfFile java = ElfFile.read(JAVA).orElseThrow();
    assertThat(java.needed()).contains("libjli.so", "libc.so.6");
    assertThat(java.searchPath()).anyMatch(path -> path.startsWith("$ORIGIN"));
    assertThat(java.interpreter()).hasValueSatisfying(loader -> assertThat(loader).exists());
    assertThat(java.machine()).isIn(ElfFile.MACHINE_X86_64, ElfFile.MACHINE_AARCH64);
  }

  @Test
  void findsNoInterpreterInALibrary() throws Exception {
    ElfFile library =
        ElfFile.read(JAVA.resolveSibling("../lib/libjava.so").normalize()).orElseThrow();
    assertThat(library.interpreter()).isEmpty();
    assertThat(library.needed()).contains("libjvm.so");
  }

  @Test
  void takesOtherFilesForNoElfFile() throws Exception {
    assertThat(ElfFile.read(Files.writeString(directory.resolve("text"), "text ".repeat(100))))
        .isEmpty();
    assertThat(ElfFile.read(Files.writeString(directory.resolve("short"), "\u007fELF"))).isEmpty();
    assertThat(ElfFile.read(Files.createFile(directory.resolve("empty")))).isEmpty();
  }

  @Test
  void failsWithAnIoExceptionAtMostWhenAFileIsCutShort() throws Exception {
    byte[] whole = Files.readAllBytes(JAVA);
    Path cut = directory.resolve("cut");
    for (int length = 0; length < whole.length; length += 97) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatCode(() -> readOrIoException(cut))
          .as("%d bytes", length)
          .doesNotThrowAnyException();
    }
  }

  private static void readOrIoException(Path file) {
    try {
      assertThat(ElfFile.read(file)).isNotNull();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("ELF");
    }
  }
}
