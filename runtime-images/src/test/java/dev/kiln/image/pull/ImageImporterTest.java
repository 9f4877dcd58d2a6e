package dev.kiln.image.pull;

import static dev.kiln.image.TestingLayer.directory;
import static dev.kiln.image.TestingLayer.file;
import static dev.kiln.image.TestingLayer.link;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.image.Descriptor;
import dev.kiln.image.Digest;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.Index;
import dev.kiln.image.MediaType;
import dev.kiln.image.Platform;
import dev.kiln.image.TestingImage;
import dev.kiln.image.TestingLayer;
import dev.kiln.image.store.ImageStore;
import dev.kiln.image.store.StoredImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives as ordinary tools write them. */
final class ImageImporterTest {

  private static final TestingLayer BASE =
      TestingLayer.of(
          directory("usr/bin"),
          link("bin", "usr/bin"),
          file("usr/bin/su", "su").mode(04755),
          file("etc/motd", "old"));
  private static final TestingLayer TOP =
      TestingLayer.of(file("bin/app", "app").mode(0755), file("etc/.wh.motd", ""));
  private static final Platform OTHER = new Platform("linux", "s390x");

  @TempDir Path state;
  private ImageStore store;

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(state, ImageLimits.defaults());
  }

  @Test
  void importsAnOciArchive() throws Exception {
    TestingImage image = TestingImage.of(BASE, TOP);
    Descriptor manifest = image.oci();
    StoredImage stored = importing(image.archive());

    assertThat(stored.image().id()).isEqualTo(manifest.digest());
    assertThat(stored.image().config().entrypoint()).containsExactly("/bin/app");
    assertThat(store.find(manifest.digest())).contains(stored.image());
    checkRoot(stored);
  }

  @Test
  void importsADockerArchive() throws Exception {
    TestingImage image = TestingImage.of(BASE, TOP).docker();
    StoredImage stored = importing(image.archive());

    assertThat(stored.image().manifest().config().digest())
        .isEqualTo(Digest.ofContent(image.config()));
    assertThat(stored.image().manifest().layers())
        .allMatch(layer -> layer.mediaType().equals(MediaType.OCI_LAYER + "+gzip"));
    checkRoot(stored);
  }

  @Test
  void givesOneImageOneIdHoweverOftenItIsSent() throws Exception {
    StoredImage first = importing(TestingImage.of(BASE, TOP).docker().archive());
    StoredImage second =
        importing(TestingLayer.gzip(TestingImage.of(BASE, TOP).docker().archive()));

    assertThat(second.image()).isEqualTo(first.image());
    assertThat(second.removals()).isEqualTo(first.removals());
    assertThat(store.ids()).hasSize(1);
  }

  @Test
  void doesNotMindTheOrderOfAnArchive() throws Exception {
    for (TestingImage image : List.of(TestingImage.of(BASE, TOP).docker(), ociOf(BASE, TOP))) {
      List<String> names = new ArrayList<>(image.files.keySet());
      Collections.reverse(names);
      TestingLayer.Entry[] entries =
          names.stream()
              .map(name -> file(name, image.files.get(name)))
              .toArray(TestingLayer.Entry[]::new);
      checkRoot(importing(TestingLayer.of(entries).tar()));
    }
  }

  @Test
  void followsTheLinksOfADockerArchive() throws Exception {
    TestingImage image = TestingImage.of(BASE).docker();
    String layer =
        image.files.keySet().stream().filter(name -> name.endsWith("layer.tar")).findFirst().get();
    byte[] content = image.files.remove(layer);
    TestingLayer archive =
        TestingLayer.of(
            file("shared/layer.tar", content),
            link(layer, "../shared/layer.tar"),
            file("manifest.json", image.files.get("manifest.json")),
            file(Digest.ofContent(image.config()) + ".json", image.config()));

    assertThat(importing(archive.tar()).root().resolve("usr/bin/su")).hasContent("su");
  }

  @Test
  void readsAnArchiveThatIsBothAsOcis() throws Exception {
    TestingImage image = TestingImage.of(BASE).docker();
    Descriptor manifest = image.oci();

    assertThat(importing(image.archive()).image().id()).isEqualTo(manifest.digest());
  }

  @Test
  void takesTheImageForThisPlatformFromAnIndex() throws Exception {
    TestingImage all = TestingImage.of(BASE, TOP);
    Descriptor ours = all.ociManifest(true);
    TestingImage foreign = TestingImage.of(TOP).platform(OTHER);
    Descriptor theirs = foreign.ociManifest(true);
    all.files.putAll(foreign.files);
    Descriptor attestation =
        TestingImage.ofPlatform(
            all.blob(MediaType.OCI_MANIFEST, "{}".getBytes(UTF_8)),
            new Platform("unknown", "unknown"));
    Descriptor index =
        all.blob(MediaType.OCI_INDEX, new Index(List.of(theirs, attestation, ours)).json());
    all.index(index);

    assertThat(importing(all.archive()).image().id()).isEqualTo(ours.digest());
  }

  @Test
  void takesAnImageThatIsListedUnderTwoTags() throws Exception {
    TestingImage image = TestingImage.of(BASE);
    Descriptor manifest = image.ociManifest(false);
    image.index(manifest, manifest);

    assertThat(importing(image.archive()).image().id()).isEqualTo(manifest.digest());
  }

  @Test
  void keepsOnlyTheBlobsOfTheImage() throws Exception {
    TestingImage image = TestingImage.of(BASE);
    image.blob("application/octet-stream", "unused".getBytes(UTF_8));
    image.oci();
    StoredImage stored = importing(image.archive());

    assertThat(Files.exists(store.blob(Digest.ofContent("unused")))).isFalse();
    assertThat(state.resolve("images/.unfinished")).isEmptyDirectory();
    assertThat(stored.image().blobs()).allMatch(blob -> Files.exists(store.blob(blob)));
  }

  private static TestingImage ociOf(TestingLayer... layers) {
    TestingImage image = TestingImage.of(layers);
    image.oci();
    return image;
  }

  private StoredImage importing(byte[] archive) throws ImageRefusedException, IOException {
    InputStream in = new ByteArrayInputStream(archive);
    return new ImageImporter(store, ImageLimits.defaults(), Platform.ofThisMachine())
        .importArchive(in);
  }

  private static void checkRoot(StoredImage stored) {
    assertThat(stored.root().resolve("usr/bin/app")).hasContent("app").isExecutable();
    assertThat(stored.root().resolve("usr/bin/su")).hasContent("su");
    assertThat(stored.root().resolve("etc")).isEmptyDirectory();
    assertThat(stored.removals().first()).hasSize(1);
  }
}
