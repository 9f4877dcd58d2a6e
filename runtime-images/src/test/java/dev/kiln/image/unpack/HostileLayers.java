package dev.kiln.image.unpack;

import static dev.kiln.image.TestingLayer.directory;
import static dev.kiln.image.TestingLayer.entry;
import static dev.kiln.image.TestingLayer.file;
import static dev.kiln.image.TestingLayer.hardLink;
import static dev.kiln.image.TestingLayer.link;
import static dev.kiln.image.TestingLayer.paxHeader;

import dev.kiln.image.ImageLimits;
import dev.kiln.image.ImageRefusal;
import dev.kiln.image.TestingLayer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * Layers that must be refused, each for its own reason, and the entry that the refusal must name.
 */
final class HostileLayers {

  static final ImageLimits LIMITS =
      new ImageLimits(1 << 20, 100, 1 << 20, 10, 200 << 20, 50, 200, 8, 100);

  private HostileLayers() {}

  /** Layers, how they must be refused, and which entry the message must name. */
  record Hostile(
      String name,
      ImageRefusal refusal,
      @Nullable String entry,
      ImageLimits limits,
      List<TestingLayer> layers) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Hostile> all() {
    return Stream.of(names(), links(), kinds(), sizes()).flatMap(all -> all);
  }

  private static Stream<Hostile> names() {
    return Stream.of(
        one("parent", ImageRefusal.NAME_CLIMBS, "../evil", file("../evil", "x")),
        one("parent in the middle", ImageRefusal.NAME_CLIMBS, "a/../../b", file("a/../../b", "x")),
        one("parent inside", ImageRefusal.NAME_CLIMBS, "a/../b", file("a/../b", "x")),
        one("absolute parent", ImageRefusal.NAME_CLIMBS, "/../b", file("/../b", "x")),
        one("whiteout of parent", ImageRefusal.NAME_CLIMBS, "a/.wh...", file("a/.wh...", "")),
        one("whiteout of itself", ImageRefusal.NAME_CLIMBS, "a/.wh..", file("a/.wh..", "")),
        one("whiteout of nothing", ImageRefusal.NAME_CLIMBS, "a/.wh.", file("a/.wh.", "")),
        one("climbing whiteout", ImageRefusal.NAME_CLIMBS, "../.wh.a", file("../.wh.a", "")),
        one("below a whiteout", ImageRefusal.NAME_INVALID, ".wh.a/b", file(".wh.a/b", "x")),
        one(
            "NUL",
            ImageRefusal.NAME_INVALID,
            "a\\u0000" + "b".repeat(110),
            paxHeader("path", "a\0" + "b".repeat(110)),
            file("a", "x")),
        one(
            "NUL in target",
            ImageRefusal.NAME_INVALID,
            "l",
            paxHeader("linkpath", "a\0b"),
            link("l", "a")),
        one("not UTF-8", ImageRefusal.NAME_INVALID, "a\ufffd", file("a\ufffd", "x")),
        one("root as file", ImageRefusal.NAME_INVALID, ".", file(".", "x")),
        one("root as link", ImageRefusal.NAME_INVALID, ".", link(".", "/")),
        one("climbing hard link", ImageRefusal.NAME_CLIMBS, "h", hardLink("h", "../b")),
        one(
            "long component",
            ImageRefusal.NAME_TOO_LONG,
            null,
            ImageLimits.defaults(),
            file("n".repeat(256), "x")),
        one(
            "long path",
            ImageRefusal.NAME_TOO_LONG,
            null,
            file(("n".repeat(30) + "/").repeat(7), "")),
        one("deep path", ImageRefusal.NAME_TOO_LONG, null, file("a/".repeat(9) + "x", "x")),
        one("long target", ImageRefusal.NAME_TOO_LONG, "l", link("l", "t".repeat(201))),
        one(
            "long path through a link",
            ImageRefusal.NAME_TOO_LONG,
            "l/" + "b".repeat(100) + "/c",
            link("l", "a".repeat(150)),
            file("l/" + "b".repeat(100) + "/c", "x")),
        one(
            "long component through a link",
            ImageRefusal.NAME_TOO_LONG,
            "l/c",
            ImageLimits.defaults(),
            link("l", "a".repeat(256)),
            file("l/c", "x")));
  }

  private static Stream<Hostile> links() {
    return Stream.of(
        one("below a file", ImageRefusal.BELOW_A_FILE, "a/b", file("a", "1"), file("a/b", "2")),
        one(
            "below a link to a file",
            ImageRefusal.BELOW_A_FILE,
            "l/b",
            file("a", "1"),
            link("l", "a"),
            file("l/b", "2")),
        one("circle", ImageRefusal.LINK_LOOPS, "l/b", link("l", "l"), file("l/b", "2")),
        one(
            "circle of two",
            ImageRefusal.LINK_LOOPS,
            "l/m/b",
            link("l", "k"),
            link("k", "/l"),
            file("l/m/b", "2")),
        new Hostile(
            "whiteout through a circle",
            ImageRefusal.LINK_LOOPS,
            "l/a",
            LIMITS,
            List.of(TestingLayer.of(link("l", "l")), TestingLayer.of(file("l/.wh.a", "")))),
        one(
            "long way",
            ImageRefusal.LINK_LOOPS,
            "l/x",
            link("l", "m/" + "../m/".repeat(38)),
            link("m", "n/" + "../n/".repeat(38)),
            directory("n"),
            file("l/x", "2")),
        one("hard link to nothing", ImageRefusal.LINK_TARGET, "h", hardLink("h", "none")),
        one("hard link to the root", ImageRefusal.LINK_TARGET, "h", hardLink("h", "/")),
        one(
            "hard link to a directory",
            ImageRefusal.LINK_TARGET,
            "h",
            directory("d"),
            hardLink("h", "d")),
        one(
            "hard link over what holds its target",
            ImageRefusal.LINK_TARGET,
            "d",
            file("d/a", "x"),
            hardLink("d", "d/a")));
  }

  private static Stream<Hostile> kinds() {
    byte[] none = new byte[0];
    return Stream.of(
        one(
            "character device",
            ImageRefusal.SPECIAL_FILE,
            "null",
            entry("null", TarConstants.LF_CHR, "", none)),
        one(
            "block device",
            ImageRefusal.SPECIAL_FILE,
            "etc/sda",
            entry("etc/sda", TarConstants.LF_BLK, "", none)),
        one(
            "fifo",
            ImageRefusal.SPECIAL_FILE,
            "devil/fifo",
            entry("devil/fifo", TarConstants.LF_FIFO, "", none)),
        one(
            "device instead of /dev",
            ImageRefusal.SPECIAL_FILE,
            "dev",
            entry("dev", TarConstants.LF_CHR, "", none)),
        one(
            "socket, as some tools write it",
            ImageRefusal.UNSUPPORTED,
            "s",
            entry("s", (byte) 's', "", none)),
        one(
            "continued from another volume",
            ImageRefusal.UNSUPPORTED,
            "m",
            entry("m", TarConstants.LF_MULTIVOLUME, "", none)));
  }

  private static Stream<Hostile> sizes() {
    byte[] content = new byte[1024];
    return Stream.of(
        one(
            "link with content",
            ImageRefusal.SIZE_LIES,
            "l",
            entry("l", TarConstants.LF_SYMLINK, "a", content)),
        one(
            "hard link with content",
            ImageRefusal.SIZE_LIES,
            "h",
            file("a", "x"),
            entry("h", TarConstants.LF_LINK, "a", content)),
        one(
            "sparse file, as pax has it",
            ImageRefusal.SPARSE,
            "s",
            paxHeader("GNU.sparse.size", "1000000"),
            file("s", "x")),
        one(
            "sparse file, as old GNU tar has it",
            ImageRefusal.SPARSE,
            "s",
            entry("s", TarConstants.LF_GNUTYPE_SPARSE, "", content)),
        one(
            "size below zero",
            ImageRefusal.MALFORMED,
            null,
            paxHeader("size", "-1"),
            file("s", "x")),
        one(
            "size beyond everything",
            ImageRefusal.TOO_LARGE,
            "s",
            paxHeader("size", "9000000000000000000"),
            file("s", "x")),
        one(
            "size beyond the end",
            ImageRefusal.MALFORMED,
            "s",
            paxHeader("size", "100000"),
            file("s", "x")),
        one(
            "more than allowed",
            ImageRefusal.TOO_LARGE,
            "b",
            new ImageLimits(1, 1, 1, 1, 2600, 50, 200, 8, 100),
            file("a", content),
            file("b", content)),
        one("too many entries", ImageRefusal.TOO_MANY_ENTRIES, "f50", manyFiles(51)),
        one(
            "too many directories that only names make",
            ImageRefusal.TOO_MANY_ENTRIES,
            null,
            IntStream.range(0, 10)
                .mapToObj(i -> file(i + "/a/b/c/d/e/f", ""))
                .toArray(TestingLayer.Entry[]::new)),
        one(
            "too many directories that links make",
            ImageRefusal.TOO_MANY_ENTRIES,
            null,
            IntStream.range(0, 10)
                .boxed()
                .flatMap(
                    i -> Stream.of(link("l" + i, "m" + i + "/a/b/c/d"), file("l" + i + "/x", "")))
                .toArray(TestingLayer.Entry[]::new)));
  }

  private static Hostile one(
      String name, ImageRefusal refusal, @Nullable String entry, TestingLayer.Entry... entries) {
    return one(name, refusal, entry, LIMITS, entries);
  }

  private static Hostile one(
      String name,
      ImageRefusal refusal,
      @Nullable String entry,
      ImageLimits limits,
      TestingLayer.Entry... entries) {
    return new Hostile(name, refusal, entry, limits, List.of(TestingLayer.of(entries)));
  }

  private static TestingLayer.Entry[] manyFiles(int count) {
    TestingLayer.Entry[] entries = new TestingLayer.Entry[count];
    Arrays.setAll(entries, i -> file("f" + i, ""));
    return entries;
  }
}
