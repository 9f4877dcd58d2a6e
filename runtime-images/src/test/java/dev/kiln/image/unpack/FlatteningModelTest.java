package dev.kiln.image.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.image.ImageRefusal;
import dev.kiln.image.ImageRefusedException;
import dev.kiln.image.TestingLayer;
import dev.kiln.image.tree.DurableTree;
import dev.kiln.image.unpack.ModelEntry.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Random layers flatten as {@link ModelRoot} says, and nothing outside the root is touched. */
final class FlatteningModelTest {

  private Path directory = Path.of("");

  @BeforeProperty
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("flattening");
  }

  @AfterProperty
  void deleteDirectory() throws IOException {
    DurableTree.delete(directory);
  }

  @Provide
  Arbitrary<List<List<ModelEntry>>> images() {
    return entries().list().ofMinSize(1).ofMaxSize(14).list().ofMinSize(1).ofMaxSize(4);
  }

  private static Arbitrary<ModelEntry> entries() {
    Arbitrary<String> path =
        Arbitraries.of("a", "b", "c", "outside")
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(components -> String.join("/", components));
    Arbitrary<String> target =
        Arbitraries.oneOf(
            path,
            path.map(absolute -> "/" + absolute),
            path.map(sibling -> "../" + sibling),
            Arbitraries.of("/", ".", "..", "../../outside", "../../../../../../tmp", "a/./../b"));
    Arbitrary<String> content = Arbitraries.of("1", "2", "3");
    Arbitrary<Kind> kind =
        Arbitraries.frequency(
            Tuple.of(6, Kind.FILE),
            Tuple.of(4, Kind.DIRECTORY),
            Tuple.of(4, Kind.LINK),
            Tuple.of(2, Kind.HARD_LINK),
            Tuple.of(2, Kind.WHITEOUT),
            Tuple.of(1, Kind.OPAQUE));
    return kind.flatMap(
        chosen ->
            Combinators.combine(path, says(chosen, path, target, content))
                .as((at, says) -> new ModelEntry(chosen, at, says)));
  }

  private static Arbitrary<String> says(
      Kind kind, Arbitrary<String> path, Arbitrary<String> target, Arbitrary<String> content) {
    return switch (kind) {
      case LINK -> target;
      case HARD_LINK -> path;
      case FILE, DIRECTORY, WHITEOUT, OPAQUE -> content;
    };
  }

  @Property(tries = 200)
  void layersFlattenAsTheModelSays(@ForAll("images") List<List<ModelEntry>> image)
      throws Exception {
    compare(image);
    compare(withoutWhatIsRefused(image));
  }

  private void compare(List<List<ModelEntry>> image) throws Exception {
    TestingRoot real = new TestingRoot(Files.createTempDirectory(directory, ""));
    ModelRoot model = new ModelRoot();
    Optional<ImageRefusal> expected = apply(model, image);
    TestingLayer[] layers =
        image.stream().map(FlatteningModelTest::layer).toArray(TestingLayer[]::new);
    if (expected.isPresent()) {
      ImageRefusedException refused =
          catchThrowableOfType(ImageRefusedException.class, () -> real.unpack(layers));
      assertThat(refused).as("refused").isNotNull();
      assertThat(refused.refusal()).isEqualTo(expected.get());
    } else {
      real.unpack(layers);
      assertThat(real.tree()).isEqualTo(model.tree());
    }
    assertThat(TestingRoot.tree(real.outside)).isEqualTo(Map.of("secret", "file: secret"));
  }

  /** Most random images break a rule somewhere, and then say nothing about the rest. */
  private static List<List<ModelEntry>> withoutWhatIsRefused(List<List<ModelEntry>> image) {
    List<List<ModelEntry>> accepted = new ArrayList<>();
    for (List<ModelEntry> layer : image) {
      List<ModelEntry> entries = new ArrayList<>();
      accepted.add(entries);
      for (ModelEntry entry : layer) {
        entries.add(entry);
        if (apply(new ModelRoot(), accepted).isPresent()) {
          entries.remove(entries.size() - 1);
        }
      }
    }
    return accepted;
  }

  private static Optional<ImageRefusal> apply(ModelRoot model, List<List<ModelEntry>> image) {
    try {
      for (List<ModelEntry> layer : image) {
        model.apply(layer);
      }
      return Optional.empty();
    } catch (ModelRoot.Refused e) {
      return Optional.of(e.refusal);
    }
  }

  private static TestingLayer layer(List<ModelEntry> entries) {
    return TestingLayer.of(
        entries.stream().map(ModelEntry::entry).toArray(TestingLayer.Entry[]::new));
  }
}
