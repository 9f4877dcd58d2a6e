package dev.kiln.image.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.image.Digest;
import dev.kiln.image.Image;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.TestingImage;
import dev.kiln.image.TestingLayer;
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
final class ImageStoreCrashTest {

  private static final int KILLS = 8;
  private static final int FILES = 40;

  @TempDir Path directory;

  @Test
  void everyNamedImageIsWholeAfterACrashAtAnyPoint() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path state = directory.resolve("state");
    int images = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      killWhileBusy(state, random.nextInt(150));
      ImageStore store = ImageStore.open(state, ImageLimits.defaults());
      for (Digest id : store.ids()) {
        checkWhole(store, store.find(id).orElseThrow(), "seed " + seed);
        images++;
      }
      for (String unfinished : Set.of("images/.unfinished", "roots/.unfinished")) {
        assertThat(state.resolve(unfinished)).isEmptyDirectory();
      }
    }
    assertThat(images).as("images looked at; seed %d", seed).isPositive();
  }

  private static void checkWhole(ImageStore store, Image image, String seed) throws IOException {
    for (Digest blob : image.blobs()) {
      assertThat(Digest.ofContent(Files.readAllBytes(store.blob(blob)))).as(seed).isEqualTo(blob);
    }
    try (Stream<Path> files = Files.walk(store.root(image))) {
      assertThat(files.filter(Files::isRegularFile))
          .as(seed)
          .hasSize(FILES)
          .allSatisfy(file -> assertThat(file).hasSize(Busy.CONTENT_BYTES));
    }
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
                state.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(process.getInputStream().read())
          .as("the process says that it has added an image")
          .isEqualTo('+');
      Thread.sleep(millis);
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** The process that is killed. */
  static final class Busy {
    static final int CONTENT_BYTES = 10_000;

    public static void main(String[] arguments) throws Exception {
      ImageStore store = ImageStore.open(Path.of(arguments[0]), ImageLimits.defaults());
      for (int i = 0; ; i++) {
        String content = String.format("%" + CONTENT_BYTES + "d", i);
        TestingLayer.Entry[] files =
            IntStream.range(0, FILES)
                .mapToObj(n -> TestingLayer.file("package" + n % 4 + "/module" + n, content))
                .toArray(TestingLayer.Entry[]::new);
        StoringImages.add(store, TestingImage.of(TestingLayer.of(files))).close();
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
