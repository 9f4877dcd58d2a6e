package dev.kiln.image.store;

import static dev.kiln.image.TestingLayer.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.image.Digest;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.TestingImage;
import dev.kiln.image.TestingLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageStoreTest {

  private static final TestingLayer BASE = TestingLayer.of(file("base", "1"));
  private static final TestingLayer TOP = TestingLayer.of(file("top", "2"));

  @TempDir Path state;
  private ImageStore store;

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(state, ImageLimits.defaults());
  }

  @Test
  void isAnOciLayoutWithRootsBesideIt() throws Exception {
    StoredImage stored = StoringImages.add(store, TestingImage.of(BASE, TOP));

    assertThat(state.resolve("images/oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
    for (Digest blob : stored.image().blobs()) {
      Path file = state.resolve("images/blobs/sha256").resolve(blob.hex());
      assertThat(store.blob(blob)).isEqualTo(file);
      assertThat(Digest.ofContent(Files.readAllBytes(file))).isEqualTo(blob);
    }
    assertThat(stored.root())
        .isEqualTo(state.resolve("roots").resolve(stored.image().config().chainId().hex()))
        .isEqualTo(store.root(stored.image()));
    assertThat(stored.root().resolve("base")).hasContent("1");
    assertThat(stored.root().resolve("top")).hasContent("2");
    assertThat(names("images")).containsExactly(".unfinished", "blobs", "index.json", "oci-layout");
    assertThat(unfinished()).isEmpty();
  }

  @Test
  void findsAfterOpeningWhatWasAddedBefore() throws Exception {
    StoredImage stored = StoringImages.add(store, TestingImage.of(BASE));

    ImageStore again = ImageStore.open(state, ImageLimits.defaults());
    assertThat(again.find(stored.image().id())).contains(stored.image());
    assertThat(again.ids()).containsExactly(stored.image().id());
    assertThat(again.find(Digest.ofContent("other"))).isEmpty();
  }

  @Test
  void unpacksAChainOfLayersOnce() throws Exception {
    StoredImage first = StoringImages.add(store, TestingImage.of(BASE));
    Object inode = Files.getAttribute(first.root().resolve("base"), "unix:ino");
    TestingImage sameLayers = new TestingImage().layer(BASE.tar(), BASE.diffId());
    StoredImage second = StoringImages.add(store, sameLayers);

    assertThat(second.image().id()).isNotEqualTo(first.image().id());
    assertThat(second.root()).isEqualTo(first.root());
    assertThat(Files.getAttribute(second.root().resolve("base"), "unix:ino")).isEqualTo(inode);
  }

  @Test
  void givesNobodyARootWhoseLayersHeDoesNotHave() throws Exception {
    StoringImages.add(store, TestingImage.of(BASE));
    TestingImage thief = new TestingImage().layer(TOP.gzip(), BASE.diffId());

    assertThatThrownBy(() -> StoringImages.add(store, thief))
        .isInstanceOf(ImageRefusedException.class);
    assertThat(store.ids()).hasSize(1);
  }

  @Test
  void leavesNothingOfARefusedImage() throws Exception {
    Set<String> before = everything();
    TestingImage refused =
        TestingImage.of(BASE, TestingLayer.of(file("ok", "1"), file("../x", "")));

    assertThatThrownBy(() -> StoringImages.add(store, refused))
        .isInstanceOf(ImageRefusedException.class);
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void takesALayerTwiceInOneImage() throws Exception {
    StoredImage stored = StoringImages.add(store, TestingImage.of(BASE, BASE));

    assertThat(stored.root().resolve("base")).hasContent("1");
  }

  @Test
  void collectsWhatNothingRefersTo() throws Exception {
    StoredImage kept = StoringImages.add(store, TestingImage.of(BASE));
    StoredImage doomed = StoringImages.add(store, TestingImage.of(BASE, TOP));
    kept.close();
    doomed.close();
    doomed.close();

    assertThat(store.collect(() -> Set.of(kept.image().id()))).containsExactly(doomed.image().id());
    assertThat(store.ids()).containsExactly(kept.image().id());
    assertThat(names("images/blobs/sha256"))
        .containsExactlyInAnyOrderElementsOf(
            kept.image().blobs().stream().map(Digest::hex).toList());
    assertThat(names("roots"))
        .containsExactlyInAnyOrder(".unfinished", kept.image().config().chainId().hex());
    assertThat(unfinished()).isEmpty();
    assertThat(ImageStore.open(state, ImageLimits.defaults()).ids()).hasSize(1);
  }

  @Test
  void collectsNothingThatIsHeldOrWasReferredToBeforeItsHoldEnded() throws Exception {
    StoredImage held = StoringImages.add(store, TestingImage.of(BASE));
    StoredImage closing = StoringImages.add(store, TestingImage.of(TOP));

    assertThat(
            store.collect(
                () -> {
                  closing.close();
                  return Set.of();
                }))
        .isEmpty();
    assertThat(store.ids()).hasSize(2);
    held.close();
    assertThat(store.collect(Set::of)).hasSize(2);
  }

  @Test
  void addsSideBySideWhileCollecting() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<StoredImage>> added =
          IntStream.range(0, 12)
              .mapToObj(
                  i ->
                      threads.submit(
                          () -> {
                            TestingLayer layer = TestingLayer.of(file("n", "" + i % 3));
                            StoredImage stored =
                                StoringImages.add(store, TestingImage.of(BASE, layer));
                            store.collect(Set::of);
                            return stored;
                          }))
              .toList();
      for (Future<StoredImage> each : added) {
        assertThat(each.get().root().resolve("base")).hasContent("1");
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(store.ids()).hasSize(3);
    assertThat(unfinished()).isEmpty();
  }

  @Test
  void removesWhatACrashLeftWithoutAName() throws Exception {
    Files.createDirectories(
        state.resolve("roots").resolve(Digest.ofContent("x").hex()).resolve("y"));
    Files.writeString(
        state.resolve("images/blobs/sha256").resolve(Digest.ofContent("x").hex()), "x");
    Files.writeString(state.resolve("images/.unfinished/half"), "x");

    ImageStore.open(state, ImageLimits.defaults());
    assertThat(names("roots")).containsExactly(".unfinished");
    assertThat(names("images/blobs/sha256")).isEmpty();
    assertThat(unfinished()).isEmpty();
  }

  @Test
  void saysSoWhereItIsDamaged() throws Exception {
    Files.writeString(state.resolve("images/index.json"), "{");

    assertThatThrownBy(() -> ImageStore.open(state, ImageLimits.defaults()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged");
  }

  private List<String> names(String path) throws IOException {
    try (Stream<Path> children = Files.list(state.resolve(path))) {
      return children.map(child -> child.getFileName().toString()).sorted().toList();
    }
  }

  private List<String> unfinished() throws IOException {
    return Stream.concat(names("images/.unfinished").stream(), names("roots/.unfinished").stream())
        .toList();
  }

  private Set<String> everything() throws IOException {
    try (Stream<Path> all = Files.walk(state)) {
      return Set.copyOf(all.map(Path::toString).toList());
    }
  }
}
