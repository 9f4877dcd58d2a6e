package dev.kiln.image.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleStoreTest {

  private static final Digest CODE = Digest.ofContent("code");
  private static final Digest IMAGE = Digest.ofContent("image");
  private static final BundleKey KEY = new BundleKey(CODE, IMAGE, "app.handler");

  @TempDir Path state;
  private BundleStore store;

  @BeforeEach
  void open() throws IOException {
    store = BundleStore.open(state);
  }

  @Test
  void findsWhatWasPutAlsoAfterOpeningAgain() throws Exception {
    store.put(KEY, new byte[] {1, 2, 3});
    assertThat(store.find(KEY)).contains(new byte[] {1, 2, 3});
    store.put(KEY, new byte[] {4});
    assertThat(BundleStore.open(state).find(KEY)).contains(new byte[] {4});
  }

  @Test
  void tellsKeysApartByEachPart() throws Exception {
    store.put(KEY, new byte[] {1});
    assertThat(store.find(new BundleKey(IMAGE, IMAGE, "app.handler"))).isEmpty();
    assertThat(store.find(new BundleKey(CODE, CODE, "app.handler"))).isEmpty();
    assertThat(store.find(new BundleKey(CODE, IMAGE, "../../app.handler"))).isEmpty();
    assertThat(store.find(new BundleKey(CODE, IMAGE, "app.handler"))).isPresent();
  }

  @Test
  void retainsTheBundlesOfCodeThatIsInUse() throws Exception {
    BundleKey other = new BundleKey(Digest.ofContent("other"), IMAGE, "app.handler");
    store.put(KEY, new byte[] {1});
    store.put(other, new byte[] {2});
    Files.writeString(state.resolve("bundles/stray"), "");

    store.retain(Set.of(CODE));

    assertThat(store.find(KEY)).isPresent();
    assertThat(store.find(other)).isEmpty();
    assertThat(state.resolve("bundles/stray")).doesNotExist();
  }

  @Test
  void removesWhatACrashLeft() throws Exception {
    Path left = Files.writeString(state.resolve("bundles/.unfinished/left"), "half");
    BundleStore.open(state);
    assertThat(left).doesNotExist();
  }
}
