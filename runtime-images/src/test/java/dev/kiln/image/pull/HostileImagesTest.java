package dev.kiln.image.pull;

import static dev.kiln.image.TestingLayer.entry;
import static dev.kiln.image.TestingLayer.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.image.Descriptor;
import dev.kiln.image.Digest;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.Index;
import dev.kiln.image.Manifest;
import dev.kiln.image.MediaType;
import dev.kiln.image.Platform;
import dev.kiln.image.TestingImage;
import dev.kiln.image.TestingLayer;
import dev.kiln.image.store.ImageStore;
import dev.kiln.image.store.StoredImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that must be refused, and leave nothing on the disk. */
final class HostileImagesTest {

  private static final ImageLimits LIMITS =
      new ImageLimits(4 << 20, 100, 10_000, 3, 1 << 20, 100, 200, 8, 100);
  private static final TestingLayer LAYER = TestingLayer.of(file("bin/app", "app"));
  private static final Platform OTHER = new Platform("linux", "s390x");

  @TempDir Path state;
  private ImageStore store;
  private Set<String> before = Set.of();

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(state, LIMITS);
    before = everything();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void refusesWhatIsNoImage() {
    assertThat(refusal(TestingLayer.of(file("a", "b")).tar())).isEqualTo(ImageRefusal.NOT_AN_IMAGE);
    assertThat(refusal(TestingLayer.of().tar())).isEqualTo(ImageRefusal.NOT_AN_IMAGE);
    assertThat(refusal(new byte[0])).isEqualTo(ImageRefusal.NOT_AN_IMAGE);
    assertThat(refusal("x".repeat(2000).getBytes(UTF_8))).isEqualTo(ImageRefusal.MALFORMED);
    assertThat(refusal(TestingLayer.of(file("manifest.json", "[]")).tar()))
        .isEqualTo(ImageRefusal.NOT_AN_IMAGE);
  }

  @Test
  void refusesABlobWithAnotherDigestThanItsName() {
    TestingImage image = oci();
    String name = image.files.keySet().iterator().next();
    image.files.put(name, "other".getBytes(UTF_8));

    ImageRefusedException refused = refused(image.archive());
    assertThat(refused.refusal()).isEqualTo(ImageRefusal.DIGEST);
    assertThat(refused.entry()).contains(name);
  }

  @Test
  void refusesADockerConfigurationWithAnotherDigestThanItsName() {
    TestingImage image = TestingImage.of(LAYER).docker();
    image.files.replaceAll(
        (name, content) ->
            name.matches("[0-9a-f]{64}.json") ? TestingImage.of(LAYER, LAYER).config() : content);

    assertThat(refusal(image.archive())).isEqualTo(ImageRefusal.DIGEST);
  }

  @Test
  void refusesADescriptorWithAnotherSize() {
    TestingImage image = TestingImage.of(LAYER);
    Descriptor manifest = image.ociManifest(false);
    image.index(Descriptor.of(manifest.mediaType(), manifest.digest(), manifest.size() + 1));

    assertThat(refusal(image.archive())).isEqualTo(ImageRefusal.SIZE_LIES);
  }

  @Test
  void refusesALayerWithAnotherSize() {
    TestingImage image = TestingImage.of(LAYER);
    Descriptor config = image.blob(MediaType.OCI_CONFIG, image.config());
    Descriptor layer = image.blob(MediaType.OCI_LAYER, LAYER.tar());
    Manifest lying =
        new Manifest(config, List.of(Descriptor.of(layer.mediaType(), layer.digest(), 1)));
    image.index(image.blob(MediaType.OCI_MANIFEST, lying.json()));

    assertThat(refusal(image.archive())).isEqualTo(ImageRefusal.SIZE_LIES);
  }

  @Test
  void refusesABlobThatIsMissing() {
    for (TestingImage image : List.of(oci(), TestingImage.of(LAYER).docker())) {
      String layer = image.files.keySet().iterator().next();
      image.files.remove(layer);
      assertThat(refusal(image.archive())).isEqualTo(ImageRefusal.BLOB_MISSING);
    }
  }

  @Test
  void refusesADiffIdThatIsNotTheLayers() {
    TestingImage image = new TestingImage().layer(LAYER.gzip(), Digest.ofContent("other"));
    image.oci();

    assertThat(refusal(image.archive())).isEqualTo(ImageRefusal.DIFF_ID);
  }

  @Test
  void refusesAnotherNumberOfDiffIdsThanLayers() {
    TestingImage image = TestingImage.of(LAYER, LAYER);
    Descriptor config = image.blob(MediaType.OCI_CONFIG, image.config());
    Descriptor layer = image.blob(MediaType.OCI_LAYER, LAYER.tar());
    image.index(image.blob(MediaType.OCI_MANIFEST, new Manifest(config, List.of(layer)).json()));

    assertThat(refusal(image.archive())).isEqualTo(ImageRefusal.DIFF_ID);
  }

  @Test
  void refusesAnotherArchitecture() {
    TestingImage listed = TestingImage.of(LAYER).platform(OTHER);
    listed.oci();
    TestingImage unlisted = TestingImage.of(LAYER).platform(OTHER);
    unlisted.index(unlisted.ociManifest(false));
    TestingImage lying = TestingImage.of(LAYER).platform(OTHER);
    lying.index(TestingImage.ofPlatform(lying.ociManifest(false), Platform.ofThisMachine()));

    for (TestingImage image :
        List.of(listed, unlisted, lying, TestingImage.of(LAYER).platform(OTHER).docker())) {
      assertThat(refused(image.archive()))
          .hasMessageContaining("linux/s390x")
          .hasMessageContaining(Platform.ofThisMachine().toString())
          .extracting(ImageRefusedException::refusal)
          .isEqualTo(ImageRefusal.PLATFORM);
    }
  }

  @Test
  void refusesManifestRecursion() {
    TestingImage image = TestingImage.of(LAYER);
    Descriptor manifest = image.ociManifest(false);
    Descriptor inner = image.blob(MediaType.OCI_INDEX, new Index(List.of(manifest)).json());
    Descriptor outer = image.blob(MediaType.OCI_INDEX, new Index(List.of(inner)).json());
    image.index(outer);

    assertThat(refusal(image.archive())).isEqualTo(ImageRefusal.NESTED_INDEX);
  }

  @Test
  void refusesForeignLayers() {
    TestingImage image = oci();
    Descriptor config = image.blob(MediaType.OCI_CONFIG, image.config());
    String foreign =
        """
        {"schemaVersion": 2,
         "config": {"mediaType": "%s", "digest": "%s", "size": %d},
         "layers": [{"mediaType": "%s", "digest": "%s", "size": 1, "urls": ["http://[::1]/"]}]}
        """
            .formatted(
                config.mediaType(),
                config.digest().qualified(),
                config.size(),
                MediaType.OCI_LAYER,
                Digest.ofContent("x").qualified());
    image.index(image.blob(MediaType.OCI_MANIFEST, foreign.getBytes(UTF_8)));

    assertThat(refusal(image.archive())).isEqualTo(ImageRefusal.FOREIGN_LAYER);
  }

  @Test
  void refusesSeveralImages() {
    TestingImage image = TestingImage.of(LAYER);
    Descriptor first = image.ociManifest(false);
    TestingImage other = TestingImage.of(LAYER, LAYER);
    Descriptor second = other.ociManifest(false);
    image.files.putAll(other.files);
    image.index(first, second);

    assertThat(refusal(image.archive())).isEqualTo(ImageRefusal.SEVERAL_IMAGES);

    TestingImage docker = TestingImage.of(LAYER).docker();
    docker.files.computeIfPresent(
        "manifest.json",
        (name, content) -> {
          String one = new String(content, UTF_8).replaceAll("^\\[|]$", "");
          return ("[" + one + "," + one + "]").getBytes(UTF_8);
        });
    assertThat(refusal(docker.archive())).isEqualTo(ImageRefusal.SEVERAL_IMAGES);
  }

  @Test
  void refusesNoLayersAndTooManyLayers() {
    TestingImage none = TestingImage.of().docker();
    assertThat(refusal(none.archive())).isEqualTo(ImageRefusal.NO_LAYERS);
    TestingImage many = TestingImage.of(LAYER, LAYER, LAYER, LAYER);
    many.oci();
    assertThat(refusal(many.archive())).isEqualTo(ImageRefusal.TOO_MANY_LAYERS);
  }

  @Test
  void refusesDocumentsAndArchivesThatAreTooLarge() {
    TestingImage document = oci();
    document.files.put("index.json", " ".repeat(10_001).getBytes(UTF_8));
    assertThat(refusal(document.archive())).isEqualTo(ImageRefusal.TOO_LARGE);

    assertThat(refusal(TestingLayer.of(file("a", new byte[4 << 20])).tar()))
        .isEqualTo(ImageRefusal.TOO_LARGE);
    TestingLayer.Entry[] many = new TestingLayer.Entry[101];
    Arrays.setAll(many, i -> file("f" + i, ""));
    assertThat(refusal(TestingLayer.of(many).tar())).isEqualTo(ImageRefusal.TOO_MANY_ENTRIES);
  }

  @Test
  void refusesNamesAndKindsInTheArchiveItself() {
    assertThat(refusal(TestingLayer.of(file("../x", "")).tar()))
        .isEqualTo(ImageRefusal.NAME_CLIMBS);
    assertThat(
            refusal(TestingLayer.of(entry("dev/null", TarConstants.LF_CHR, "", new byte[0])).tar()))
        .isEqualTo(ImageRefusal.SPECIAL_FILE);
  }

  @Test
  void readsNoFileOfTheMachineThroughALinkInTheArchive() {
    TestingLayer archive =
        TestingLayer.of(
            TestingLayer.link("manifest.json", "/etc/passwd"),
            TestingLayer.link("index.json", "../../../../etc/passwd"),
            TestingLayer.link("oci-layout", "/etc/passwd"));

    assertThat(refusal(archive.tar())).isEqualTo(ImageRefusal.NOT_AN_IMAGE);
  }

  @Test
  void refusesALayerAsTheUnpackerDoes() {
    TestingImage image = TestingImage.of(LAYER, TestingLayer.of(file("../evil", "x")));
    image.oci();

    ImageRefusedException refused = refused(image.archive());
    assertThat(refused.refusal()).isEqualTo(ImageRefusal.NAME_CLIMBS);
    assertThat(refused.entry()).contains("../evil");
  }

  @Test
  void refusesOrImportsDamagedArchivesAndNothingElse() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] archive = TestingImage.of(LAYER).docker().archive();
    for (int i = 0; i < 300; i++) {
      byte[] damaged = archive.clone();
      for (int n = random.nextInt(8); n >= 0; n--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      byte[] sent =
          Arrays.copyOf(damaged, damaged.length - random.nextInt(2) * random.nextInt(4000));
      try {
        importing(new ByteArrayInputStream(sent)).close();
      } catch (ImageRefusedException e) {
        assertThat(e.refusal()).as("seed %d", seed).isNotNull();
      }
    }
    store.collect(Set::of);
  }

  @Test
  void takesAnArchiveThatCannotBeReadForNobodysFault() {
    byte[] archive = TestingImage.of(LAYER).docker().archive();
    InputStream breaking =
        new SequenceInputStream(
            new ByteArrayInputStream(archive, 0, archive.length / 2),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("connection lost");
              }

              @Override
              public int read(byte[] buffer, int offset, int length) throws IOException {
                throw new IOException("connection lost");
              }
            });

    assertThatThrownBy(() -> importing(breaking))
        .isInstanceOf(IOException.class)
        .hasMessage("connection lost");
  }

  private TestingImage oci() {
    TestingImage image = TestingImage.of(LAYER);
    image.oci();
    return image;
  }

  private ImageRefusal refusal(byte[] archive) {
    return refused(archive).refusal();
  }

  private ImageRefusedException refused(byte[] archive) {
    ImageRefusedException refused =
        catchThrowableOfType(
            ImageRefusedException.class, () -> importing(new ByteArrayInputStream(archive)));
    assertThat(refused).as("refused").isNotNull();
    return refused;
  }

  private StoredImage importing(InputStream archive) throws ImageRefusedException, IOException {
    return new ImageImporter(store, LIMITS, Platform.ofThisMachine()).importArchive(archive);
  }

  private Set<String> everything() throws IOException {
    try (Stream<Path> all = Files.walk(state)) {
      return Set.copyOf(all.map(Path::toString).toList());
    }
  }
}
