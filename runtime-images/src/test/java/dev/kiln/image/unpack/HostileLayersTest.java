package dev.kiln.image.unpack;

import static dev.kiln.image.TestingLayer.directory;
import static dev.kiln.image.TestingLayer.file;
import static dev.kiln.image.TestingLayer.hardLink;
import static dev.kiln.image.TestingLayer.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.image.Digest;
import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.TestingLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers that must be refused, with the entry named, and layers that try to get out. */
final class HostileLayersTest {

  @TempDir Path directory;
  private TestingRoot at;

  @BeforeEach
  void makeRoot() throws IOException {
    at = new TestingRoot(directory);
  }

  @ParameterizedTest
  @MethodSource("dev.kiln.image.unpack.HostileLayers#all")
  void isRefusedWithTheEntryNamed(HostileLayers.Hostile hostile) {
    ImageRefusedException refused =
        catchThrowableOfType(
            ImageRefusedException.class,
            () -> at.unpack(hostile.limits(), hostile.layers().toArray(TestingLayer[]::new)));

    assertThat(refused).as("refused").isNotNull();
    assertThat(refused.refusal()).as(refused.getMessage()).isEqualTo(hostile.refusal());
    assertThat(refused.entry()).isPresent();
    if (hostile.entry() != null) {
      assertThat(refused.entry()).contains(hostile.entry());
    }
  }

  @Test
  void refusesALayerThatIsCutShort() throws Exception {
    byte[] tar = TestingLayer.of(file("a", "1"), file("big", new byte[10_000])).tar();

    for (byte[] layer :
        List.of(Arrays.copyOf(tar, 4000), TestingLayer.gzip(Arrays.copyOf(tar, 4000)))) {
      assertThat(refused(layer, Digest.ofContent(tar), HostileLayers.LIMITS).refusal())
          .isEqualTo(ImageRefusal.MALFORMED);
    }
    byte[] gzip = TestingLayer.gzip(tar);
    assertThat(
            refused(TestingLayer.cut(gzip, 20), Digest.ofContent(tar), HostileLayers.LIMITS)
                .refusal())
        .isEqualTo(ImageRefusal.MALFORMED);
  }

  @Test
  void refusesAWrongDiffId() throws Exception {
    byte[] tar = TestingLayer.of(file("a", "1")).tar();

    assertThat(refused(tar, Digest.ofContent("other"), HostileLayers.LIMITS).refusal())
        .isEqualTo(ImageRefusal.DIFF_ID);
    assertThat(
            refused(
                    TestingLayer.gzip(tar),
                    Digest.ofContent(TestingLayer.gzip(tar)),
                    HostileLayers.LIMITS)
                .refusal())
        .isEqualTo(ImageRefusal.DIFF_ID);
  }

  @Test
  void refusesABombByItsRatio() throws Exception {
    TestingLayer bomb = TestingLayer.of(file("zeros", new byte[100 << 20]));

    for (byte[] layer : List.of(bomb.gzip(), bomb.zstd())) {
      ImageRefusedException refused = refused(layer, bomb.diffId(), HostileLayers.LIMITS);
      assertThat(refused.refusal()).isEqualTo(ImageRefusal.RATIO);
      assertThat(refused.entry()).contains("zeros");
    }
  }

  @Test
  void refusesHeadersThatFillTheMemory() throws Exception {
    TestingLayer layer =
        TestingLayer.of(file("a", "1"), file("b", "2").pax("comment", "c".repeat(2 << 20)));

    ImageRefusedException refused = refused(layer.gzip(), layer.diffId(), HostileLayers.LIMITS);
    assertThat(refused.refusal()).isEqualTo(ImageRefusal.NAME_TOO_LONG);
    assertThat(refused.entry()).contains("a");
  }

  @Test
  void resolvesEveryWayOutAsIfTheRootWereTheHostsRoot() throws Exception {
    String outside = at.outside.toString();
    at.unpack(
        TestingLayer.of(
            link("absolute", outside),
            link("climbing", "../outside"),
            link("far", "../".repeat(50) + outside),
            link("chain", "climbing"),
            directory("d"),
            link("d/up", "../../outside"),
            link("root", "/")),
        TestingLayer.of(
            file("absolute/1", "1"),
            file("climbing/2", "2"),
            file("far/3", "3"),
            file("chain/4", "4"),
            file("d/up/5", "5"),
            file("root/root/6", "6"),
            file("climbing/secret", "mine"),
            hardLink("hard", "climbing/secret"),
            file("absolute/secret", "mine")));

    assertThat(TestingRoot.tree(at.outside)).isEqualTo(Map.of("secret", "file: secret"));
    assertThat(at.tree())
        .containsEntry(outside.substring(1) + "/1", "file: 1")
        .containsEntry("outside/2", "file: 2")
        .containsEntry(outside.substring(1) + "/3", "file: 3")
        .containsEntry("outside/4", "file: 4")
        .containsEntry("outside/5", "file: 5")
        .containsEntry("6", "file: 6")
        .containsEntry("hard", "file: mine");
  }

  @Test
  void hidesNothingOutside() throws Exception {
    at.unpack(
        TestingLayer.of(link("absolute", at.outside.toString()), link("climbing", "../outside")),
        TestingLayer.of(
            file("absolute/.wh.secret", ""),
            file("climbing/.wh.secret", ""),
            file("absolute/.wh..wh..opq", ""),
            file("climbing/.wh..wh..opq", "")));

    assertThat(TestingRoot.tree(at.outside)).isEqualTo(Map.of("secret", "file: secret"));
  }

  @Test
  void readsNothingOutside() throws Exception {
    ImageRefusedException refused =
        catchThrowableOfType(
            ImageRefusedException.class,
            () ->
                at.unpack(
                    TestingLayer.of(
                        link("l", at.outside.toString()), hardLink("stolen", "l/secret"))));

    assertThat(refused.refusal()).isEqualTo(ImageRefusal.LINK_TARGET);
    assertThat(Files.getAttribute(at.outside.resolve("secret"), "unix:nlink")).isEqualTo(1);
  }

  private ImageRefusedException refused(byte[] layer, Digest diffId, ImageLimits limits)
      throws IOException {
    LayerChain chain = new LayerChain(List.of(at.layer(layer, diffId)), limits);
    ImageRefusedException refused =
        catchThrowableOfType(ImageRefusedException.class, () -> chain.unpack(at.root));
    assertThat(refused).as("refused").isNotNull();
    return refused;
  }
}
