package dev.kiln.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifest, index and configuration, as OCI and Docker write them. */
final class ImageDocumentsTest {

  private static final Digest ONE = Digest.ofContent("1");
  private static final Digest TWO = Digest.ofContent("2");

  @Test
  void readsAConfiguration() throws Exception {
    ImageConfig config =
        ImageConfig.read(
            json(
                """
                {"created": "2015-10-31T22:22:56Z", "architecture": "amd64", "os": "linux",
                 "config": {"User": "alice", "ExposedPorts": {"8080/tcp": {}},
                   "Env": ["PATH=/bin", "EMPTY=", "SUM=1+1=2", "UNSET"],
                   "Entrypoint": ["/bin/app"], "Cmd": ["--port", "8080"], "Volumes": null,
                   "WorkingDir": "/home", "Labels": {"dev.kiln.contract": "http"}},
                 "rootfs": {"diff_ids": ["sha256:%s", "sha256:%s"], "type": "layers"},
                 "history": [{"created_by": "x"}]}
                """
                    .formatted(ONE, TWO)));

    assertThat(config.platform()).isEqualTo(new Platform("linux", "amd64"));
    assertThat(config.diffIds()).containsExactly(ONE, TWO);
    assertThat(config.entrypoint()).containsExactly("/bin/app");
    assertThat(config.cmd()).containsExactly("--port", "8080");
    assertThat(config.env()).isEqualTo(Map.of("PATH", "/bin", "EMPTY", "", "SUM", "1+1=2"));
    assertThat(config.workingDir()).isEqualTo("/home");
    assertThat(config.user()).isEqualTo("alice");
    assertThat(config.exposedPorts()).containsExactly("8080/tcp");
    assertThat(config.labels()).containsExactly(Map.entry("dev.kiln.contract", "http"));
  }

  @Test
  void takesNullForAbsent() throws Exception {
    for (String run :
        List.of(
            "",
            "\"config\": null,",
            "\"config\": {\"Entrypoint\": null, \"Cmd\": null, \"Env\": null, \"Labels\": null},")) {
      ImageConfig config =
          ImageConfig.read(
              json(
                  """
                  {"architecture": "arm64", "os": "linux", %s
                   "rootfs": {"diff_ids": ["sha256:%s"], "type": "layers"}}
                  """
                      .formatted(run, ONE)));
      assertThat(config.entrypoint()).isEmpty();
      assertThat(config.workingDir()).isEqualTo("/");
      assertThat(config.user()).isEmpty();
      assertThat(config.labels()).isEmpty();
    }
  }

  @Test
  void namesAChainOfLayersAsTheSpecificationSays() {
    assertThat(configOf(ONE).chainId()).isEqualTo(ONE);
    assertThat(configOf(ONE, TWO).chainId())
        .isEqualTo(Digest.ofContent("sha256:" + ONE + " sha256:" + TWO));
    assertThat(configOf(ONE, TWO, ONE).chainId())
        .isEqualTo(Digest.ofContent("sha256:" + configOf(ONE, TWO).chainId() + " sha256:" + ONE));
  }

  @Test
  void readsWhatItWrites() throws Exception {
    Descriptor config = Descriptor.of(MediaType.OCI_CONFIG, ONE, 1);
    Descriptor layer = Descriptor.of(MediaType.OCI_LAYER + "+gzip", TWO, 1L << 40);
    Manifest manifest = new Manifest(config, List.of(layer, layer));
    Index index =
        new Index(
            List.of(
                new Descriptor(
                    MediaType.OCI_MANIFEST, ONE, 2, Optional.of(new Platform("linux", "arm64")))));

    assertThat(Manifest.read(manifest.json())).isEqualTo(manifest);
    assertThat(Index.read(index.json())).isEqualTo(index);
  }

  @Test
  void readsDockersMediaTypes() throws Exception {
    Manifest manifest =
        Manifest.read(
            manifest(
                "application/vnd.docker.container.image.v1+json",
                "application/vnd.docker.image.rootfs.diff.tar.gzip",
                ""));

    assertThat(manifest.layers()).hasSize(1);
  }

  @Test
  void refusesForeignLayers() {
    String foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    assertThat(refusal(() -> Manifest.read(manifest(MediaType.OCI_CONFIG, foreign, ""))))
        .isEqualTo(ImageRefusal.FOREIGN_LAYER);
    String urls = ", \"urls\": [\"http://169.254.169.254/\"]";
    assertThat(
            refusal(() -> Manifest.read(manifest(MediaType.OCI_CONFIG, MediaType.OCI_LAYER, urls))))
        .isEqualTo(ImageRefusal.FOREIGN_LAYER);
  }

  @Test
  void refusesWhatIsNoImage() {
    assertThat(
            refusal(
                () ->
                    Manifest.read(
                        manifest("application/vnd.cncf.helm.config", MediaType.OCI_LAYER, ""))))
        .isEqualTo(ImageRefusal.UNSUPPORTED);
    assertThat(refusal(() -> Manifest.read(manifest(MediaType.OCI_CONFIG, "application/pdf", ""))))
        .isEqualTo(ImageRefusal.UNSUPPORTED);
  }

  @Test
  void refusesWhatTwoReadersWouldReadDifferently() {
    String descriptor =
        "{\"mediaType\": \"%s\", \"digest\": \"sha256:%s\", \"size\": 1}"
            .formatted(MediaType.OCI_CONFIG, ONE);
    for (String both :
        List.of(
            "{\"manifests\": [], \"layers\": [], \"config\": " + descriptor + "}",
            "{\"config\": %s, \"config\": %s, \"layers\": []}".formatted(descriptor, descriptor),
            "{\"config\": " + descriptor + ", \"layers\": []} {}")) {
      assertThat(refusal(() -> Manifest.read(json(both)))).isEqualTo(ImageRefusal.MALFORMED);
      assertThat(refusal(() -> Index.read(json(both)))).isEqualTo(ImageRefusal.MALFORMED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "null",
        "{}",
        "{\"config\": []}",
        "{\"config\": {\"mediaType\": 1}}",
        "{\"os\": \"linux\", \"architecture\": \"amd64\", \"rootfs\": {\"type\": \"other\"}}",
        "{\"os\": \"linux\", \"rootfs\": {\"type\": \"layers\"}}",
        "{\"os\": \"linux\", \"architecture\": \"a\", \"rootfs\": {\"type\": \"layers\"},"
            + " \"config\": {\"Cmd\": [\"a\\u0000b\"]}}",
        "{\"os\": \"linux\", \"architecture\": \"a\", \"rootfs\": {\"type\": \"layers\"},"
            + " \"config\": {\"Cmd\": [null]}}",
        "{\"os\": \"linux\", \"architecture\": \"a\", \"rootfs\": {\"type\": \"layers\"},"
            + " \"config\": {\"Cmd\": \"text\"}}",
        "{\"manifests\": {}}",
        "{\"manifests\": [1]}",
        "{\"manifests\": [{\"mediaType\": \"a\", \"digest\": 7}]}",
      })
  void refusesMalformedDocuments(String document) {
    assertThat(refusal(() -> Manifest.read(json(document)))).isEqualTo(ImageRefusal.MALFORMED);
    assertThat(refusal(() -> Index.read(json(document)))).isEqualTo(ImageRefusal.MALFORMED);
    assertThat(refusal(() -> ImageConfig.read(json(document)))).isEqualTo(ImageRefusal.MALFORMED);
  }

  @Test
  void refusesDocumentsNestedWithoutEnd() {
    String nested = "[".repeat(100_000) + "]".repeat(100_000);
    assertThat(refusal(() -> Index.read(json("{\"manifests\": " + nested + "}"))))
        .isEqualTo(ImageRefusal.MALFORMED);
  }

  @Test
  void refusesOtherAlgorithmsAndSizesBelowZero() {
    String index = "{\"manifests\": [{\"mediaType\": \"a\", \"digest\": \"%s\", \"size\": %s}]}";
    assertThat(refusal(() -> Index.read(json(index.formatted("sha512:" + ONE + ONE, "1")))))
        .isEqualTo(ImageRefusal.UNSUPPORTED);
    assertThat(refusal(() -> Index.read(json(index.formatted("sha256:../../etc/passwd", "1")))))
        .isEqualTo(ImageRefusal.UNSUPPORTED);
    for (String size : List.of("-1", "1.5", "1e30", "\"1\"", "99999999999999999999")) {
      assertThat(refusal(() -> Index.read(json(index.formatted("sha256:" + ONE, size)))))
          .isEqualTo(ImageRefusal.MALFORMED);
    }
  }

  @Test
  void namesEveryRemedyInASentence() {
    for (ImageRefusal refusal : ImageRefusal.values()) {
      assertThat(refusal.remedy()).matches("(?s)[A-Z].*\\.");
    }
  }

  private static ImageConfig configOf(Digest... diffIds) {
    return new ImageConfig(
        Platform.ofThisMachine(),
        List.of(diffIds),
        List.of(),
        List.of(),
        new TreeMap<>(),
        "/",
        "",
        new TreeSet<>(),
        new TreeMap<>());
  }

  private static byte[] manifest(String config, String layer, String more) {
    return json(
        """
        {"schemaVersion": 2,
         "config": {"mediaType": "%s", "digest": "sha256:%s", "size": 1},
         "layers": [{"mediaType": "%s", "digest": "sha256:%s", "size": 2 %s}]}
        """
            .formatted(config, ONE, layer, TWO, more));
  }

  private static ImageRefusal refusal(ThrowingCallable reading) {
    return catchThrowableOfType(ImageRefusedException.class, reading).refusal();
  }

  private static byte[] json(String text) {
    return text.getBytes(UTF_8);
  }
}
