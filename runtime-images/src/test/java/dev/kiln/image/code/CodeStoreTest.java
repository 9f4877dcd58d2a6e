package dev.kiln.image.code;

import static dev.kiln.image.archive.ForgedZip.deflated;
import static dev.kiln.image.archive.ForgedZip.directory;
import static dev.kiln.image.archive.ForgedZip.file;
import static dev.kiln.image.archive.ForgedZip.link;
import static dev.kiln.image.archive.ForgedZip.node;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.image.Digest;
import dev.kiln.image.archive.ArchiveLimits;
import dev.kiln.image.archive.ArchiveRefusal;
import dev.kiln.image.archive.ArchiveRefusedException;
import dev.kiln.image.archive.ForgedZip;
import dev.kiln.image.tree.TreeDigest;
import dev.kiln.image.tree.TreeSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CodeStoreTest {

  @TempDir Path directory;
  private Path state;
  private CodeStore store;

  @BeforeEach
  void open() throws IOException {
    state = directory.resolve("state");
    store = CodeStore.open(state, ArchiveLimits.ofFunctionCode());
  }

  @Test
  void unpacksATreeUnderItsDigest() throws Exception {
    StoredCode code =
        add(file("app.py", "print()"), node("bin/run", ForgedZip.PROGRAM), link("lib64", "bin"));

    Path tree = store.directory(code.digest());
    assertThat(tree).isEqualTo(state.resolve("code").resolve(code.digest().hex()));
    assertThat(tree.resolve("app.py")).hasContent("print()");
    assertThat(Files.readSymbolicLink(tree.resolve("lib64"))).isEqualTo(Path.of("bin"));
    assertThat(code.size()).isEqualTo(new TreeSize(7, 3));
    assertThat(TreeDigest.of(tree).digest()).isEqualTo(code.digest());
  }

  @Test
  void neverChangesTheDefinitionOfATreesDigest() throws Exception {
    StoredCode code =
        add(file("app.py", "print()"), node("bin/run", ForgedZip.PROGRAM), link("lib64", "bin"));
    String empty = Digest.ofContent("").hex();
    String records =
        "f0644 app.py\0"
            + Digest.ofContent("print()")
            + "\0"
            + "d0755 bin\0\0"
            + "f0755 bin/run\0"
            + empty
            + "\0"
            + "l0000 lib64\0bin\0";
    assertThat(code.digest()).isEqualTo(Digest.ofContent(records));
  }

  @Test
  void normalisesModesAndTimes() throws Exception {
    StoredCode code =
        add(
            node("secret", 0100600),
            node("program", 0100100),
            node("setuid", 0104755),
            node("locked/", 0040000),
            node("locked/inside", 0100000));

    Path tree = store.directory(code.digest());
    assertThat(permissions(tree.resolve("secret"))).isEqualTo("rw-r--r--");
    assertThat(permissions(tree.resolve("program"))).isEqualTo("rwxr-xr-x");
    assertThat((Integer) Files.getAttribute(tree.resolve("setuid"), "unix:mode") & 07777)
        .isEqualTo(0755);
    assertThat(permissions(tree.resolve("locked"))).isEqualTo("rwxr-xr-x");
    assertThat(permissions(tree.resolve("locked/inside"))).isEqualTo("rw-r--r--");
    assertThat(permissions(tree)).isEqualTo("rwxr-xr-x");
    FileTime fixed = FileTime.from(Instant.parse("1980-01-01T00:00:00Z"));
    try (Stream<Path> paths = Files.walk(tree)) {
      assertThat(paths)
          .allSatisfy(path -> assertThat(Files.getLastModifiedTime(path)).isEqualTo(fixed));
    }
  }

  @Test
  void givesOneDigestToOneTreeHoweverItIsZipped() throws Exception {
    StoredCode first = add(file("a/b.py", "content"), file("c.py", "more"));
    StoredCode second =
        add(
            file("c.py", "more"),
            directory("a/"),
            deflated("./a//b.py", "content".getBytes(UTF_8)));

    assertThat(second.digest()).isEqualTo(first.digest());
    assertThat(second.size()).isEqualTo(first.size());
    assertThat(store.digests()).containsExactly(first.digest());
    assertThat(unfinished()).isEmpty();
  }

  @Test
  void givesDifferentDigestsToWhatDiffersInAnyWay() throws Exception {
    assertThat(
            List.of(
                add(file("a", "x")).digest(),
                add(file("a", "y")).digest(),
                add(file("b", "x")).digest(),
                add(node("a", ForgedZip.PROGRAM)).digest(),
                add(node("a", ForgedZip.FILE)).digest(),
                add(file("a", "x"), directory("d")).digest(),
                add(file("x", ""), link("a", "x")).digest()))
        .doesNotHaveDuplicates();
  }

  @Test
  void keepsNamesOfAllScripts() throws Exception {
    StoredCode code = add(file("naïve/漢字-😀.py", "x"));
    assertThat(store.directory(code.digest()).resolve("naïve/漢字-😀.py")).hasContent("x");
  }

  @Test
  void leavesNothingOfARefusedZip() throws Exception {
    ForgedZip.Entry damaged = file("z.py", "damaged");
    damaged.crc32++;
    assertThat(refusal(file("a/b.py", "content"), damaged)).isEqualTo(ArchiveRefusal.CHECKSUM);
    assertThat(refusal(file("a", "x"), file("../b", "x"))).isEqualTo(ArchiveRefusal.NAME_CLIMBS);
    assertThat(refusal()).isEqualTo(ArchiveRefusal.EMPTY);

    assertThat(store.digests()).isEmpty();
    assertThat(unfinished()).isEmpty();
    assertThat(directory.resolve("b")).doesNotExist();
  }

  @Test
  void removesWhatACrashLeft() throws Exception {
    StoredCode code = add(file("app.py", "x"));
    Path left = Files.createDirectories(state.resolve("code/.unfinished/left/over"));
    Files.createSymbolicLink(left.resolve("link"), store.directory(code.digest()));
    Files.writeString(left.resolve("file"), "half");

    CodeStore reopened = CodeStore.open(state, ArchiveLimits.ofFunctionCode());

    assertThat(unfinished()).isEmpty();
    assertThat(reopened.digests()).containsExactly(code.digest());
    assertThat(reopened.directory(code.digest()).resolve("app.py")).hasContent("x");
  }

  @Test
  void refusesAStateDirectoryWhoseCodeIsALink() throws Exception {
    Path other = Files.createDirectories(directory.resolve("other"));
    Path linked = Files.createDirectories(directory.resolve("linked"));
    Files.createSymbolicLink(linked.resolve("code"), other);
    assertThatThrownBy(() -> CodeStore.open(linked, ArchiveLimits.ofFunctionCode()))
        .isInstanceOf(NotDirectoryException.class);
  }

  @Test
  void collectsWhatNothingRefersTo() throws Exception {
    StoredCode kept = add(file("a", "kept"));
    StoredCode held = add(file("a", "held"));
    StoredCode gone = add(file("a", "gone"));
    kept.close();
    gone.close();
    gone.close();

    assertThat(store.collect(() -> Set.of(kept.digest()))).containsExactly(gone.digest());
    assertThat(store.digests()).containsExactlyInAnyOrder(kept.digest(), held.digest());
    assertThat(unfinished()).isEmpty();

    held.close();
    assertThat(store.collect(Set::of)).containsExactlyInAnyOrder(kept.digest(), held.digest());
    assertThat(store.digests()).isEmpty();
  }

  @Test
  void doesNotCollectWhatIsAddedWhileTheReferencesAreRead() throws Exception {
    StoredCode old = add(file("a", "x"));
    old.close();
    Path zip = ForgedZip.of(file("a", "x")).writeTo(directory.resolve("again.zip"));

    Set<Digest> removed =
        store.collect(
            () -> {
              addAndClose(zip);
              return Set.of();
            });

    assertThat(removed).isEmpty();
    assertThat(store.contains(old.digest())).isTrue();
    assertThat(store.collect(Set::of)).containsExactly(old.digest());
  }

  @Test
  void holdsUntilEveryHolderHasClosed() throws Exception {
    StoredCode first = add(file("a", "x"));
    StoredCode second = add(file("a", "x"));
    first.close();
    first.close();
    assertThat(store.collect(Set::of)).isEmpty();
    second.close();
    assertThat(store.collect(Set::of)).containsExactly(second.digest());
  }

  @Test
  void addsAndCollectsConcurrently() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Path zip = ForgedZip.of(file("a", "" + i % 4)).writeTo(directory.resolve(i + ".zip"));
        tasks.add(
            () -> {
              try (StoredCode code = store.add(zip)) {
                return TreeDigest.of(store.directory(code.digest())).digest().equals(code.digest());
              }
            });
        tasks.add(() -> store.collect(Set::of) != null);
      }
      for (Future<Boolean> task : threads.invokeAll(tasks)) {
        assertThat(task.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    store.collect(Set::of);
    assertThat(store.digests()).isEmpty();
    assertThat(unfinished()).isEmpty();
  }

  private StoredCode add(ForgedZip.Entry... entries) throws ArchiveRefusedException, IOException {
    return store.add(ForgedZip.of(entries).writeTo(directory.resolve("upload.zip")));
  }

  private void addAndClose(Path zip) {
    try (StoredCode code = store.add(zip)) {
      assertThat(code.size().files()).isEqualTo(1);
    } catch (ArchiveRefusedException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private ArchiveRefusal refusal(ForgedZip.Entry... entries) {
    return catchThrowableOfType(ArchiveRefusedException.class, () -> add(entries)).refusal();
  }

  private List<Path> unfinished() throws IOException {
    try (Stream<Path> children = Files.list(state.resolve("code/.unfinished"))) {
      return children.toList();
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
