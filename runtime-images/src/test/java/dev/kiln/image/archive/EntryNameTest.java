package dev.kiln.image.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class EntryNameTest {

  private static final ArchiveLimits LIMITS = new ArchiveLimits(1, 1, 60, 6, 1);

  @Provide
  Arbitrary<String> names() {
    Arbitrary<String> component =
        Arbitraries.of(
            List.of(
                "",
                ".",
                "..",
                "...",
                "a",
                "b.py",
                "é",
                "漢字",
                "\\",
                "a\0b",
                " ",
                "x".repeat(30),
                "\n",
                "~",
                "C:"));
    return component.list().ofMaxSize(8).map(components -> String.join("/", components));
  }

  @Property(tries = 200)
  void whatIsAcceptedStaysBelowTheRootAndIsMinimal(@ForAll("names") String name) {
    try {
      String path = EntryName.normalise(name, LIMITS);
      Path root = Path.of("/root");
      assertThat(root.resolve(path).normalize().toString())
          .isEqualTo(path.isEmpty() ? "/root" : "/root/" + path);
      assertThat(path.getBytes(StandardCharsets.UTF_8))
          .hasSizeLessThanOrEqualTo(LIMITS.pathBytes());
      assertThat(EntryName.normalise(path.isEmpty() ? "." : path, LIMITS)).isEqualTo(path);
    } catch (ArchiveRefusedException e) {
      assertThat(refusable(name)).as("refused: %s", e.getMessage()).isTrue();
    }
  }

  @Property(tries = 200)
  void whatClimbsIsRefused(@ForAll("names") String before, @ForAll("names") String after) {
    assertThat(accepted(before + "/../" + after)).isFalse();
    assertThat(accepted("/" + after)).isFalse();
  }

  private static boolean accepted(String name) {
    try {
      EntryName.normalise(name, LIMITS);
      return true;
    } catch (ArchiveRefusedException e) {
      return false;
    }
  }

  /** What a name must have to be refused, told without looking at components one by one. */
  private static boolean refusable(String name) {
    return name.isEmpty()
        || name.startsWith("/")
        || name.matches("(?s).*[\\\\\0\n].*")
        || ("/" + name + "/").contains("/../")
        || name.getBytes(StandardCharsets.UTF_8).length > LIMITS.pathBytes()
        || name.chars().filter(c -> c == '/').count() >= LIMITS.depth();
  }
}
