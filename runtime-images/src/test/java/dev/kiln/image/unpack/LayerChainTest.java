package dev.kiln.image.unpack;

import static dev.kiln.image.TestingLayer.directory;
import static dev.kiln.image.TestingLayer.entry;
import static dev.kiln.image.TestingLayer.file;
import static dev.kiln.image.TestingLayer.hardLink;
import static dev.kiln.image.TestingLayer.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.TestingLayer;
import dev.kiln.image.unpack.Removals.Kind;
import dev.kiln.image.unpack.Removals.Removal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ordinary images do. */
final class LayerChainTest {

  @TempDir Path directory;
  private TestingRoot at;

  @BeforeEach
  void makeRoot() throws IOException {
    at = new TestingRoot(directory);
  }

  @Test
  void laysLayersOneOverTheOther() throws Exception {
    at.unpack(
        TestingLayer.of(
            directory("./"), directory("./etc/"), file("./etc/a", "1"), file("./etc/b", "1")),
        TestingLayer.of(file("etc/a", "2"), file("/opt/deep/c", "2")));

    assertThat(at.tree())
        .isEqualTo(
            Map.of(
                "etc", "directory",
                "etc/a", "file: 2",
                "etc/b", "file: 1",
                "opt", "directory",
                "opt/deep", "directory",
                "opt/deep/c", "file: 2"));
  }

  @Test
  void readsPlainGzipAndZstdLayers() throws Exception {
    TestingLayer plain = TestingLayer.of(file("plain", "1"));
    TestingLayer gzip = TestingLayer.of(file("gzip", "2"));
    TestingLayer zstd = TestingLayer.of(file("zstd", "3"));
    new LayerChain(
            List.of(
                at.layer(plain.tar(), plain.diffId()),
                at.layer(gzip.gzip(), gzip.diffId()),
                at.layer(zstd.zstd(), zstd.diffId())),
            ImageLimits.defaults())
        .unpack(at.root);

    assertThat(at.tree()).containsOnlyKeys("plain", "gzip", "zstd");
  }

  @Test
  void readsGzipOfManyMembers() throws Exception {
    TestingLayer layer = TestingLayer.of(file("a", "1".repeat(100_000)), file("b", "2"));
    byte[] tar = layer.tar();
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (int i = 0; i < tar.length; i += 1000) {
      members.write(TestingLayer.gzip(Arrays.copyOfRange(tar, i, Math.min(i + 1000, tar.length))));
    }
    new LayerChain(List.of(at.layer(members.toByteArray(), layer.diffId())), ImageLimits.defaults())
        .unpack(at.root);

    assertThat(at.tree()).containsOnlyKeys("a", "b");
  }

  @Test
  void hidesWhatAWhiteoutNamesInLowerLayersOnly() throws Exception {
    at.unpack(
        TestingLayer.of(file("d/a", "1"), file("d/b", "1"), file("d/e/f", "1")),
        TestingLayer.of(
            file("d/a", "2"), file("d/.wh.a", ""), file("d/.wh.e", ""), file("d/.wh.none", "")));

    assertThat(at.tree()).isEqualTo(Map.of("d", "directory", "d/a", "file: 2", "d/b", "file: 1"));
  }

  @Test
  void hidesAllSiblingsOfAnOpaqueWhiteoutWhereverItStands() throws Exception {
    TestingLayer lower = TestingLayer.of(file("a/b/c/bar", "1"), file("a/x", "1"));
    at.unpack(
        lower,
        TestingLayer.of(
            directory("a"),
            directory("a/b"),
            directory("a/b/c"),
            file("a/b/c/foo", "2"),
            file("a/.wh..wh..opq", "")));

    assertThat(at.tree())
        .isEqualTo(
            Map.of(
                "a", "directory",
                "a/b", "directory",
                "a/b/c", "directory",
                "a/b/c/foo", "file: 2"));
  }

  @Test
  void doesNotHideThroughALinkThatTheLayerReplaces() throws Exception {
    at.unpack(
        TestingLayer.of(file("usr/lib/kept", "1"), link("lib", "usr/lib")),
        TestingLayer.of(directory("lib"), file("lib/.wh..wh..opq", ""), file("lib/new", "2")));

    assertThat(at.tree())
        .containsEntry("usr/lib/kept", "file: 1")
        .containsEntry("lib/new", "file: 2");
  }

  @Test
  void leavesOutTheRecordsOfAufs() throws Exception {
    at.unpack(TestingLayer.of(file("a", "1"), file(".wh..wh.plnk", ""), directory(".wh..wh.aufs")));

    assertThat(at.tree()).containsOnlyKeys("a");
  }

  @Test
  void writesBelowALowerLayersDirectoryLink() throws Exception {
    at.unpack(
        TestingLayer.of(directory("usr/lib"), link("lib", "usr/lib"), link("opt", "/srv/opt")),
        TestingLayer.of(file("lib/x", "2"), file("opt/y", "2")));

    assertThat(at.tree())
        .containsEntry("lib", "link: usr/lib")
        .containsEntry("usr/lib/x", "file: 2")
        .containsEntry("srv/opt/y", "file: 2");
  }

  @Test
  void letsTheLastOfSeveralEntriesWin() throws Exception {
    at.unpack(
        TestingLayer.of(
            file("a", "1"),
            file("a", "2"),
            file("b", "1"),
            directory("b"),
            file("b/c", "3"),
            directory("d/e"),
            link("d", "b"),
            link("f", "a"),
            file("f", "4")));

    assertThat(at.tree())
        .isEqualTo(
            Map.of(
                "a", "file: 2",
                "b", "directory",
                "b/c", "file: 3",
                "d", "link: b",
                "f", "file: 4"));
  }

  @Test
  void makesHardLinksAndDoesNotWriteThroughThem() throws Exception {
    at.unpack(
        TestingLayer.of(file("bin/busybox", "1").mode(0755), hardLink("bin/sh", "bin/busybox")),
        TestingLayer.of(file("bin/busybox", "2").mode(0755), hardLink("bin/ls", "/bin/sh")));

    assertThat(at.tree())
        .containsEntry("bin/busybox", "program: 2")
        .containsEntry("bin/sh", "program: 1")
        .containsEntry("bin/ls", "program: 1");
    assertThat(Files.getAttribute(at.root.resolve("bin/ls"), "unix:nlink")).isEqualTo(2);
  }

  @Test
  void keepsAHardLinkToItself() throws Exception {
    at.unpack(TestingLayer.of(file("a", "1"), hardLink("a", "a")));

    assertThat(at.tree()).containsEntry("a", "file: 1");
  }

  @Test
  void normalisesModesAndOwners() throws Exception {
    at.unpack(
        TestingLayer.of(
            file("secret", "x").mode(0600),
            file("run", "x").mode(0100),
            directory("tmp").mode(01777),
            directory("closed").mode(0),
            file("closed/inside", "x").mode(0)));

    assertThat(at.tree())
        .isEqualTo(
            Map.of(
                "secret", "file: x",
                "run", "program: x",
                "tmp", "directory",
                "closed", "directory",
                "closed/inside", "file: x"));
    assertThat(Files.getOwner(at.root.resolve("secret"))).isEqualTo(Files.getOwner(at.root));
  }

  @Test
  void keepsTheTimesOfFiles() throws Exception {
    at.unpack(
        TestingLayer.of(file("module.py", "")),
        TestingLayer.of(file("old", "").pax("mtime", "-5")));

    assertThat(Files.getLastModifiedTime(at.root.resolve("module.py")))
        .isEqualTo(FileTime.from(TestingLayer.TIME));
    assertThat(Files.getLastModifiedTime(at.root.resolve("old"))).isEqualTo(FileTime.fromMillis(0));
    assertThat(Files.getLastModifiedTime(at.root)).isEqualTo(FileTime.fromMillis(0));
  }

  @Test
  void removesAndReportsWhatGivesPrivilege() throws Exception {
    Removals removals =
        at.unpack(
            TestingLayer.of(
                file("bin/su", "su").mode(04755),
                directory("var/mail").mode(02775),
                file("bin/ping", "p").mode(0755).pax("SCHILY.xattr.security.capability", "cap"),
                file("data", "d").pax("SCHILY.xattr.trusted.overlay.opaque", "y"),
                file("plain", "d").pax("SCHILY.xattr.user.note", "y"),
                entry("dev/null", TarConstants.LF_CHR, "", new byte[0]),
                entry("dev/sda", TarConstants.LF_BLK, "", new byte[0]),
                entry("dev/initctl", TarConstants.LF_FIFO, "", new byte[0]),
                link("dev/fd", "/proc/self/fd")));

    assertThat(removals.first())
        .containsExactly(
            new Removal(Kind.SETUID, "bin/su"),
            new Removal(Kind.SETGID, "var/mail"),
            new Removal(Kind.CAPABILITIES, "bin/ping"),
            new Removal(Kind.TRUSTED_ATTRIBUTE, "data"),
            new Removal(Kind.DEVICE, "dev/null"),
            new Removal(Kind.DEVICE, "dev/sda"),
            new Removal(Kind.DEVICE, "dev/initctl"));
    assertThat(at.tree())
        .containsEntry("bin/su", "program: su")
        .containsEntry("var/mail", "directory")
        .containsEntry("dev/fd", "link: /proc/self/fd")
        .doesNotContainKeys("dev/null", "dev/sda", "dev/initctl");
    assertThat(Files.readAttributes(at.root.resolve("data"), "user:*").keySet()).isEmpty();
  }

  @Test
  void namesABoundedNumberOfRemovals() throws Exception {
    TestingLayer.Entry[] entries = new TestingLayer.Entry[Removals.KEPT + 3];
    Arrays.setAll(entries, i -> file("bin/" + i, "").mode(04755));
    Removals removals = at.chain(ImageLimits.defaults(), TestingLayer.of(entries)).check();

    assertThat(removals.first()).hasSize(Removals.KEPT);
    assertThat(removals.omitted()).isEqualTo(3);
  }

  @Test
  void takesNamesThatAreUnusualButLegal() throws Exception {
    at.unpack(
        TestingLayer.of(
            file("system-systemd\\x2dcryptsetup.slice", "1"),
            file("new\nline", "2"),
            file("漢字", "3"),
            file("n".repeat(255), "4"),
            file("...", "5"),
            file("a..b", "6")));

    assertThat(at.tree()).hasSize(6);
  }

  @Test
  void checksWithoutWriting() throws Exception {
    TestingLayer layer = TestingLayer.of(file("bin/su", "su").mode(04755));

    assertThat(at.chain(ImageLimits.defaults(), layer).check().first()).hasSize(1);
    assertThat(at.tree()).isEmpty();

    LayerChain wrong =
        new LayerChain(
            List.of(at.layer(layer.tar(), TestingLayer.of().diffId())), ImageLimits.defaults());
    ImageRefusedException refused = catchThrowableOfType(ImageRefusedException.class, wrong::check);
    assertThat(refused.refusal()).isEqualTo(ImageRefusal.DIFF_ID);
  }
}
