package dev.kiln.image.build;

import static dev.kiln.image.build.TestingDescriptor.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.image.tree.TreeDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageBuilderTest {

  @TempDir Path directory;
  private Path sources;
  private Path image;

  @BeforeEach
  void makeSources() throws IOException {
    sources = Files.createDirectories(directory.resolve("sources"));
    image = directory.resolve("image");
    Files.writeString(sources.resolve("one.py"), "ANSWER = {'b', 'a', 'c'}\n");
    Files.writeString(sources.resolve("two.py"), "import one\n");
  }

  @Test
  void writesWhatTheDescriptorSays() throws Exception {
    BuiltImage built = build(this::fillOwn).image();

    Path root = image.resolve("rootfs");
    assertThat(root.resolve("opt/modules/one.py")).hasContent("ANSWER = {'b', 'a', 'c'}");
    assertThat(root.resolve("opt/both")).hasContent("ANSWER = {'b', 'a', 'c'}\nimport one");
    assertThat(root.resolve("etc/hosts")).hasContent("127.0.0.1 localhost");
    assertThat(Files.readSymbolicLink(root.resolve("lib"))).isEqualTo(Path.of("usr/lib"));
    assertThat(root.resolve("var/task")).isEmptyDirectory();
    assertThat(TreeDigest.of(root).digest().hex()).isEqualTo(built.digest());
    assertThat(BuiltImage.read(image)).contains(built);
  }

  @Test
  void closesOverSharedLibrariesAndNamesTheirPackages() throws Exception {
    BuiltImage built = build(this::fillFromPackages).image();

    Path root = image.resolve("rootfs");
    assertThat(root.resolve("usr/bin/grep")).isExecutable();
    assertThat(root.resolve("usr/bin/egrep")).doesNotExist();
    try (Stream<Path> paths = Files.walk(root)) {
      List<String> names = paths.map(path -> path.getFileName().toString()).toList();
      assertThat(names)
          .contains("libc.so.6", "libgcc_s.so.1")
          .anyMatch(name -> name.startsWith("ld-linux-"));
      assertThat(names).anyMatch(name -> name.startsWith("libpcre2-8.so."));
    }
    assertThat(built.packages())
        .extracting(ImagePackage::name)
        .contains("grep", "libc6", "libpcre2-8-0");
  }

  @Test
  void writesNothingWhenNothingChanged() throws Exception {
    assertThat(build(this::fillOwn).built()).isTrue();
    Object root = inode("rootfs");
    assertThat(build(this::fillOwn).built()).isFalse();
    assertThat(inode("rootfs")).isEqualTo(root);
  }

  @Test
  void buildsAgainWhenASourceOrTheDescriptorChanged() throws Exception {
    BuiltImage first = build(this::fillOwn).image();
    Files.writeString(sources.resolve("two.py"), "import one, json\n");
    ImageBuilder.Outcome second = build(this::fillOwn);
    assertThat(second.built()).isTrue();
    assertThat(second.image().digest()).isNotEqualTo(first.digest());

    Consumer<ObjectNode> other =
        json -> {
          fillOwn(json);
          json.putObject("environment").put("LANG", "C.UTF-8");
        };
    assertThat(build(other).built()).isTrue();
    assertThat(build(other).built()).isFalse();
    try (Stream<Path> children = Files.list(image)) {
      assertThat(children.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("rootfs", "image.json", ".replaced");
    }
  }

  @Test
  void keepsTheReplacedTreeForWhoeverStillRunsFromIt() throws Exception {
    build(this::fillOwn);
    Object running = inode("rootfs");
    Files.writeString(sources.resolve("one.py"), "ANSWER = 42\n");
    build(this::fillOwn);
    assertThat(inode(".replaced")).isEqualTo(running);
    assertThat(image.resolve(".replaced/opt/modules/one.py")).exists();
    Files.writeString(sources.resolve("one.py"), "ANSWER = 43\n");
    build(this::fillOwn);
    assertThat(image.resolve(".replaced/opt/modules/one.py")).hasContent("ANSWER = 42");
  }

  @Test
  void buildsAgainWhenABuildWasCutShort() throws Exception {
    BuiltImage first = build(this::fillOwn).image();
    Files.delete(image.resolve("image.json"));
    Files.createDirectories(image.resolve(".unfinished-1/rootfs/usr"));
    ImageBuilder.Outcome second = build(this::fillOwn);
    assertThat(second.built()).isTrue();
    assertThat(second.image()).isEqualTo(first);
    assertThat(image.resolve(".unfinished-1")).doesNotExist();
  }

  @Test
  void leavesTheOldImageWhenTheNewOneCannotBeBuilt() throws Exception {
    BuiltImage first = build(this::fillOwn).image();
    assertThatThrownBy(
            () ->
                build(
                    json -> {
                      fillOwn(json);
                      json(
                          json,
                          "bytecode",
                          "[{\"interpreter\": \"/usr/bin/missing\", \"directories\": [\"/opt\"]}]");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(BuiltImage.read(image)).contains(first);
    assertThat(TreeDigest.of(image.resolve("rootfs")).digest().hex()).isEqualTo(first.digest());
  }

  @Test
  void saysWhatIsWrongWithADescriptor() {
    refused(json -> json.remove("entry"), "entry");
    refused(json -> json.put("unknown", 1), "unknown");
    refused(json -> json.putNull("links"), "links");
    refused(json -> json(json, "entry", "[]"), "needs an entry");
    refused(json -> json(json, "directories", "[\"/a/../b\"]"), "/a/../b");
    refused(json -> json(json, "texts", "{\"relative\": \"\"}"), "relative");
    refused(json -> json.put("name", "../up"), "../up");
  }

  @Test
  void saysWhatIsMissingOnTheHost() {
    refused(
        json -> json(json, "packages", "[\"no-such-package-0\"]"),
        "apt-get install no-such-package-0");
    refused(
        json -> json(json, "files", "[{\"from\": \"missing*.so\", \"to\": \"/opt\"}]"),
        "missing*.so");
    refused(
        json -> json(json, "files", "[{\"from\": \"missing/*.so\", \"to\": \"/opt\"}]"),
        "no directory");
    refused(
        json -> {
          fillFromPackages(json);
          json(json, "libraries", "[\"libnone.so.9\"]");
        },
        "libnone.so.9");
  }

  @Test
  void refusesTwoThingsAtOnePlace() {
    refused(json -> json(json, "texts", "{\"/a\": \"\", \"/a/b\": \"\"}"), "/a");
    refused(
        json -> {
          json(json, "texts", "{\"/a\": \"x\"}");
          json(json, "links", "{\"/a\": \"b\"}");
        },
        "/a");
  }

  private Object inode(String name) throws IOException {
    return Files.getAttribute(image.resolve(name), "unix:ino");
  }

  private void fillOwn(ObjectNode json) {
    json(json, "files", "[{\"from\": \"*.py\", \"to\": \"/opt/modules\"}]");
    json(json, "concatenated", "[{\"from\": [\"" + sources + "/*.py\"], \"to\": \"/opt/both\"}]");
    json(json, "texts", "{\"/etc/hosts\": \"127.0.0.1 localhost\\n\"}");
    json(json, "links", "{\"/lib\": \"usr/lib\"}");
    json(json, "directories", "[\"/var/task\"]");
  }

  private void fillFromPackages(ObjectNode json) {
    json(json, "packages", "[\"grep\"]");
    json(json, "include", "[\"/bin/*\", \"/usr/bin/*\"]");
    json(json, "exclude", "[\"/{bin,usr/bin}/{e,f,r}grep\"]");
    json(json, "libraries", "[\"libgcc_s.so.1\"]");
  }

  private void refused(Consumer<ObjectNode> change, String said) {
    assertThatThrownBy(() -> build(change))
        .isInstanceOf(ImageBuildException.class)
        .hasMessageContaining(said);
    assertThat(image).doesNotExist();
  }

  private ImageBuilder.Outcome build(Consumer<ObjectNode> change)
      throws ImageBuildException, IOException {
    return ImageBuilder.build(TestingDescriptor.write(sources, change), image);
  }
}
