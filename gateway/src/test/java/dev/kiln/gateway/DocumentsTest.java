package dev.kiln.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.gateway.problem.ProblemCode;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of the documents say what the code does. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class DocumentsTest {

  @Inject MeterRegistry registry;

  private static Set<String> rows(String document, Pattern row) throws IOException {
    return row.matcher(Files.readString(Path.of("../docs", document)))
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyProblemIsInTheTableAndNoOther() throws IOException {
    Set<String> known =
        Arrays.stream(ProblemCode.values())
            .map(
                code ->
                    "| `%s` | %d | %s |"
                        .formatted(code.label(), code.status(), code.problemClass().label()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(
            rows(
                "http.md",
                Pattern.compile("^\\| `[a-z-]+` \\| \\d{3} \\| [a-z]+ \\|", Pattern.MULTILINE)))
        .isEqualTo(known);
  }

  @Test
  void everyMetricIsInTheTableAndNoOther() throws IOException {
    Set<String> known =
        registry.getMeters().stream()
            .map(Meter::getId)
            .map(Meter.Id::getName)
            .filter(name -> name.startsWith("kiln."))
            .map(name -> "| `" + name + "`")
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(rows("metrics.md", Pattern.compile("^\\| `kiln[a-z.]+`", Pattern.MULTILINE)))
        .isEqualTo(known);
  }
}
