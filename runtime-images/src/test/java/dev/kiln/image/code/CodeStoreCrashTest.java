package dev.kiln.image.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.image.Digest;
import dev.kiln.image.archive.ArchiveLimits;
import dev.kiln.image.archive.ForgedZip;
import dev.kiln.image.tree.TreeDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that adds and collects without pause, at moments drawn by chance, and looks at
 * what is left.
 */
final class CodeStoreCrashTest {

  private static final int KILLS = 8;
  private static final int FILES = 40;

  @TempDir Path directory;

  @Test
  void everyNamedTreeIsCompleteAfterACrashAtAnyPoint() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path state = directory.resolve("state");
    int trees = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      killWhileBusy(state, random.nextInt(150));
      CodeStore store = CodeStore.open(state, ArchiveLimits.ofFunctionCode());
      for (Digest digest : store.digests()) {
        assertThat(TreeDigest.of(store.directory(digest)).digest())
            .as("seed %d", seed)
            .isEqualTo(digest);
        trees++;
      }
      try (Stream<Path> unfinished = Files.list(state.resolve("code/.unfinished"))) {
        assertThat(unfinished).isEmpty();
      }
    }
    assertThat(trees).as("trees looked at; seed %d", seed).isPositive();
  }

  private void killWhileBusy(Path state, int millis) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Busy.class.getName(),
                state.toString(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(process.getInputStream().read())
          .as("the process says that it has added a tree")
          .isEqualTo('+');
      Thread.sleep(millis);
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** The process that is killed. */
  static final class Busy {
    public static void main(String[] arguments) throws Exception {
      CodeStore store = CodeStore.open(Path.of(arguments[0]), ArchiveLimits.ofFunctionCode());
      Path zip = Path.of(arguments[1], "busy.zip");
      for (int i = 0; ; i++) {
        String content = i + " ".repeat(10_000);
        ForgedZip.of(
                IntStream.range(0, FILES)
                    .mapToObj(
                        n -> ForgedZip.file("package" + n % 4 + "/module" + n + ".py", content))
                    .toArray(ForgedZip.Entry[]::new))
            .writeTo(zip);
        store.add(zip).close();
        if (i % 3 == 2) {
          store.collect(Set::of);
        }
        if (i == 0) {
          System.out.write('+');
          System.out.flush();
        }
      }
    }
  }
}
