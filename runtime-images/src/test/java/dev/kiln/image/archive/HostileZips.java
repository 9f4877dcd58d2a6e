package dev.kiln.image.archive;

import static dev.kiln.image.archive.ForgedZip.deflated;
import static dev.kiln.image.archive.ForgedZip.directory;
import static dev.kiln.image.archive.ForgedZip.file;
import static dev.kiln.image.archive.ForgedZip.link;
import static dev.kiln.image.archive.ForgedZip.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.image.archive.ForgedZip.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Zips that must be refused, at least one for each {@link ArchiveRefusal}; made for limits of
 * {@link #LIMITS}.
 */
final class HostileZips {

  static final ArchiveLimits LIMITS = new ArchiveLimits(64 << 20, 100, 200, 8, 100);

  private HostileZips() {}

  /**
   * One hostile zip: what it is called, how it must be refused, and which entry the message must
   * name.
   */
  record Hostile(String name, ArchiveRefusal refusal, String entry, ForgedZip zip) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Hostile> all() {
    return Stream.of(names(), structures(), links(), contents(), bombs()).flatMap(all -> all);
  }

  private static Stream<Hostile> names() {
    return Stream.of(
        refused("parent", ArchiveRefusal.NAME_CLIMBS, file("../evil", "x")),
        refused("parent in the middle", ArchiveRefusal.NAME_CLIMBS, file("a/../../evil", "x")),
        refused("parent that stays inside", ArchiveRefusal.NAME_CLIMBS, file("a/../b", "x")),
        refused("parent as directory", ArchiveRefusal.NAME_CLIMBS, directory("a/../")),
        refused("absolute", ArchiveRefusal.NAME_ABSOLUTE, file("/etc/passwd", "x")),
        refused("absolute twice", ArchiveRefusal.NAME_ABSOLUTE, file("//etc/passwd", "x")),
        refused("backslash", ArchiveRefusal.NAME_INVALID, file("..\\evil", "x")),
        refused("NUL", ArchiveRefusal.NAME_INVALID, "a\\u0000.py", file("a\0.py", "x")),
        refused("newline", ArchiveRefusal.NAME_INVALID, "a\\u000ab", file("a\nb", "x")),
        refused("empty", ArchiveRefusal.NAME_INVALID, "", file("", "x")),
        refused("root as file", ArchiveRefusal.NAME_INVALID, file(".", "x")),
        refused(
            "not UTF-8",
            ArchiveRefusal.NAME_INVALID,
            "ÿ.py",
            named(new byte[] {(byte) 0xff, '.', 'p', 'y'})),
        refused(
            "overlong UTF-8 slash",
            ArchiveRefusal.NAME_INVALID,
            "À¯",
            named(new byte[] {(byte) 0xc0, (byte) 0xaf})),
        refused(
            "long component",
            ArchiveRefusal.NAME_TOO_LONG,
            "n".repeat(200) + "…",
            file("n".repeat(256), "x")),
        refused(
            "long path",
            ArchiveRefusal.NAME_TOO_LONG,
            ("n".repeat(39) + "/").repeat(5) + "…",
            file(("n".repeat(39) + "/").repeat(6) + "x", "x")),
        refusedWhole(
            "names too long together",
            ArchiveRefusal.NAME_TOO_LONG,
            IntStream.range(0, 99)
                .mapToObj(i -> file("n".repeat(180) + i, ""))
                .toArray(Entry[]::new)),
        refused("deep path", ArchiveRefusal.NAME_TOO_DEEP, file("a/".repeat(8) + "x", "x")));
  }

  private static Stream<Hostile> structures() {
    return Stream.of(
        refused("same name twice", ArchiveRefusal.DUPLICATE, "a", file("a", "1"), file("a", "2")),
        refused(
            "same path twice",
            ArchiveRefusal.DUPLICATE,
            "b/a",
            file("b/a", "1"),
            file("b//./a", "2")),
        refused("below a file", ArchiveRefusal.CONFLICT, "a/b", file("a", "1"), file("a/b", "2")),
        refused(
            "file over directory", ArchiveRefusal.CONFLICT, "a", file("a/b", "1"), file("a", "2")),
        refused("below a link", ArchiveRefusal.CONFLICT, "l/b", link("l", "a"), file("l/b", "2")),
        refused(
            "link over directory", ArchiveRefusal.CONFLICT, "l", file("l/b", "2"), link("l", "a")),
        refused("directory with content", ArchiveRefusal.CONFLICT, "d/", file("d/", "content")),
        refused("character device", ArchiveRefusal.SPECIAL_FILE, node("null", 0020666)),
        refused("block device", ArchiveRefusal.SPECIAL_FILE, node("sda", 0060666)),
        refused("fifo", ArchiveRefusal.SPECIAL_FILE, node("pipe", 0010666)),
        refused("socket", ArchiveRefusal.SPECIAL_FILE, node("socket", 0140666)),
        new Hostile("no entry", ArchiveRefusal.EMPTY, null, ForgedZip.of()),
        new Hostile(
            "only directories",
            ArchiveRefusal.EMPTY,
            null,
            ForgedZip.of(directory("a/"), directory("b/"))),
        new Hostile(
            "no zip", ArchiveRefusal.NOT_A_ZIP, null, ForgedZip.of().followedBy(new byte[] {1})),
        new Hostile(
            "more records than declared",
            ArchiveRefusal.MALFORMED,
            null,
            ForgedZip.of(file("a", "1"), file("b", "2")).declaringRecords(1)),
        new Hostile(
            "fewer records than declared",
            ArchiveRefusal.MALFORMED,
            null,
            ForgedZip.of(file("a", "1")).declaringRecords(2)),
        refused(
            "other name at its place",
            ArchiveRefusal.MALFORMED,
            localName(file("good", "x"), "evil")),
        refused(
            "other length of name at its place",
            ArchiveRefusal.MALFORMED,
            localName(file("good", "x"), "good.py")),
        refusedWhole("place behind the end", ArchiveRefusal.MALFORMED, at(file("a", "x"), 1 << 20)),
        refused(
            "content behind the end", ArchiveRefusal.MALFORMED, storing(file("a", "x"), 1 << 20)));
  }

  private static Stream<Hostile> links() {
    return Stream.of(
        refused(
            "absolute link",
            ArchiveRefusal.LINK_ESCAPES,
            "l",
            file("a", "x"),
            link("l", "/etc/passwd")),
        refused(
            "climbing link", ArchiveRefusal.LINK_ESCAPES, "l", file("a", "x"), link("l", "../x")),
        refused(
            "climbing link from below", ArchiveRefusal.LINK_ESCAPES, "d/l", link("d/l", "../../x")),
        refused("empty link", ArchiveRefusal.LINK_ESCAPES, "l", link("l", "")),
        refused("link to itself", ArchiveRefusal.LINK_ESCAPES, "l", link("l", "l")),
        refusedWhole("circle", ArchiveRefusal.LINK_ESCAPES, link("l", "m"), link("m", "l")),
        refused(
            "link that climbs through another",
            ArchiveRefusal.LINK_ESCAPES,
            "k",
            file("p/q/file", "x"),
            link("p/q/m", "../.."),
            link("k", "p/q/m/..")),
        refused("long target", ArchiveRefusal.LINK_ESCAPES, "l", link("l", "a/".repeat(200))),
        refused("target with NUL", ArchiveRefusal.LINK_ESCAPES, "l", link("l", "a\0b")));
  }

  private static Stream<Hostile> contents() {
    byte[] text = "text ".repeat(1000).getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        refused(
            "more than declared",
            ArchiveRefusal.SIZE_LIES,
            declaring(deflated("a", text), text.length - 1)),
        refused(
            "fewer than declared",
            ArchiveRefusal.SIZE_LIES,
            declaring(deflated("a", text), text.length + 1)),
        refused(
            "more stored than declared",
            ArchiveRefusal.SIZE_LIES,
            declaring(file("a", "content"), 6)),
        refused(
            "fewer stored than declared",
            ArchiveRefusal.SIZE_LIES,
            declaring(file("a", "content"), 8)),
        refused(
            "bytes behind the compressed end",
            ArchiveRefusal.SIZE_LIES,
            padded(deflated("a", text))),
        refused("compressed content cut short", ArchiveRefusal.MALFORMED, cut(deflated("a", text))),
        refused(
            "compressed nonsense",
            ArchiveRefusal.MALFORMED,
            method(file("a", "\u0007nonsense"), 8)),
        refused("wrong checksum", ArchiveRefusal.CHECKSUM, checksum(file("a", "content"), 42)),
        refused("encrypted", ArchiveRefusal.UNSUPPORTED, flags(file("a", "x"), 1)),
        refused("strongly encrypted", ArchiveRefusal.UNSUPPORTED, flags(file("a", "x"), 1 << 6)),
        refused("bzip2", ArchiveRefusal.UNSUPPORTED, method(file("a", "x"), 12)));
  }

  private static Stream<Hostile> bombs() {
    Entry kernel = deflated("a", new byte[1 << 20]);
    Entry again = deflated("b", new byte[1 << 20]);
    again.withoutContent = true;
    again.localOffset = 0;
    again.localName = kernel.name;
    Entry inside = deflated("a", new byte[0]);
    inside.withoutContent = true;
    inside.localOffset = 0;
    return Stream.of(
        refusedWhole("ratio", ArchiveRefusal.RATIO, deflated("zeros", new byte[32 << 20])),
        refusedWhole(
            "declared total", ArchiveRefusal.TOO_LARGE, declaring(file("a", "x"), 65 << 20)),
        refusedWhole(
            "declared total of many",
            ArchiveRefusal.TOO_LARGE,
            declaring(file("a", "x"), 40 << 20),
            declaring(file("b", "x"), 40 << 20)),
        refusedWhole("entries", ArchiveRefusal.TOO_MANY_ENTRIES, manyFiles(101)),
        refusedWhole(
            "directories by name only", ArchiveRefusal.TOO_MANY_ENTRIES, manyDeepFiles(20)),
        refused("one content for two names", ArchiveRefusal.MALFORMED, "b", kernel, again),
        refused(
            "one content for one name twice",
            ArchiveRefusal.DUPLICATE,
            "a",
            kernel,
            sameAs(kernel)),
        refused("content inside content", ArchiveRefusal.OVERLAP, "inner", quoting()));
  }

  private static Hostile refused(String name, ArchiveRefusal refusal, Entry only) {
    return refused(name, refusal, new String(only.name, StandardCharsets.UTF_8), only);
  }

  private static Hostile refused(
      String name, ArchiveRefusal refusal, String entry, Entry... entries) {
    return new Hostile(name, refusal, entry, ForgedZip.of(entries));
  }

  private static Hostile refusedWhole(String name, ArchiveRefusal refusal, Entry... entries) {
    return new Hostile(name, refusal, null, ForgedZip.of(entries));
  }

  private static Entry named(byte[] name) {
    Entry entry = file("x", "x");
    entry.name = name;
    entry.localName = name;
    return entry;
  }

  private static Entry localName(Entry entry, String name) {
    entry.localName = name.getBytes(StandardCharsets.UTF_8);
    return entry;
  }

  private static Entry at(Entry entry, long offset) {
    entry.localOffset = offset;
    return entry;
  }

  private static Entry storing(Entry entry, long bytes) {
    entry.storedBytes = bytes;
    return entry;
  }

  private static Entry declaring(Entry entry, long bytes) {
    entry.size = bytes;
    return entry;
  }

  private static Entry padded(Entry entry) {
    entry.stored = Arrays.copyOf(entry.stored, entry.stored.length + 3);
    entry.storedBytes = entry.stored.length;
    return entry;
  }

  private static Entry cut(Entry entry) {
    entry.stored = Arrays.copyOf(entry.stored, entry.stored.length - 3);
    entry.storedBytes = entry.stored.length;
    return entry;
  }

  private static Entry method(Entry entry, int method) {
    entry.method = method;
    return entry;
  }

  private static Entry checksum(Entry entry, int crc32) {
    entry.crc32 = crc32;
    return entry;
  }

  private static Entry flags(Entry entry, int flags) {
    entry.flags |= flags;
    return entry;
  }

  private static Entry sameAs(Entry entry) {
    Entry same = deflated("a", new byte[1 << 20]);
    same.withoutContent = true;
    same.localOffset = 0;
    assertThat(same.name).isEqualTo(entry.name);
    return same;
  }

  private static Entry[] manyFiles(int count) {
    Entry[] entries = new Entry[count];
    Arrays.setAll(entries, i -> file("f" + i, ""));
    return entries;
  }

  private static Entry[] manyDeepFiles(int count) {
    Entry[] entries = new Entry[count];
    Arrays.setAll(entries, i -> file(i + "/a/b/c/d/e/f", ""));
    return entries;
  }

  /**
   * An outer entry whose content is the local header and content of an inner one, which the table
   * names as well.
   */
  private static Entry[] quoting() {
    Entry inner = file("inner", "bomb");
    byte[] whole = ForgedZip.of(inner).bytes();
    byte[] quoted = Arrays.copyOf(whole, 30 + "inner".length() + "bomb".length());
    Entry outer = file("outer", new String(quoted, StandardCharsets.ISO_8859_1));
    inner.withoutContent = true;
    inner.localOffset = 30L + "outer".length();
    return new Entry[] {rawContent(outer, quoted), inner};
  }

  private static Entry rawContent(Entry entry, byte[] content) {
    Entry raw = ForgedZip.deflated(new String(entry.name, StandardCharsets.UTF_8), content);
    raw.method = 0;
    raw.stored = content;
    raw.storedBytes = content.length;
    return raw;
  }
}
