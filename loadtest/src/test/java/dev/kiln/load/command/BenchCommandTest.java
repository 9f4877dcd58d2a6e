package dev.kiln.load.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class BenchCommandTest {

  /** Discard: nothing listens there. */
  private static final String NOBODY = "http://127.0.0.1:9";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new BenchCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void figuresAreListed() {
    assertThat(run("--list")).isZero();
    assertThat(out.toString()).contains("first-call ", "creation-time ");
  }

  @Test
  void anUnknownFigureIsRefusedBeforeAnythingRuns() {
    assertThat(run("--url", NOBODY, "--only", "nonsense")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("no scenario is called nonsense");
  }

  @Test
  void whereToMeasureMustBeSaid() {
    assertThat(run("--quick")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("--url", "--start");
  }

  @Test
  void aFigureThatCannotBeTakenIsReportedAndEndsInStatusTwo(@TempDir Path folder)
      throws IOException {
    Path json = folder.resolve("bench.json");
    assertThat(run("--url", NOBODY, "--only", "fresh-latency,churn", "--json", json.toString()))
        .isEqualTo(2);
    assertThat(out.toString()).contains("not ready");
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.get("figures")).hasSize(2);
    assertThat(report.at("/figures/1/void").asText()).contains("not ready");
  }
}
