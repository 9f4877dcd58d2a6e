package dev.kiln.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.load.machine.MachineFacts;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReportTest {

  private static final MachineFacts MACHINE =
      new MachineFacts("Some CPU", 2, 24_000_000_000L, "6.1.0", "v2", "17.0.15", 0.25);

  private static final Figure MET =
      new Figure.Builder("first-call", "first call ever")
          .measure("p50", 0.714, Unit.MILLISECONDS, Goal.atMost(1.5))
          .measure("crun run p50", 53.2, Unit.MILLISECONDS)
          .remark("start types: prewarmed 1000")
          .detail("startTypes", Map.of("prewarmed", 1000))
          .build();

  private static final Figure MISSED =
      new Figure.Builder("churn", "created and destroyed")
          .measure("sandboxes", 399.4, Unit.PER_SECOND, Goal.atLeast(400))
          .build();

  private static final Figure VOID =
      new Figure.Builder("warm", "warm calls")
          .measure("p50 ÷ echo", 1.9, Unit.RATIO, Goal.atMost(2.2))
          .voidBecause("calls failed")
          .voidBecause("a later reason")
          .build();

  private static BenchReport report(Figure... figures) {
    return new BenchReport(
        Instant.parse("2026-01-02T03:04:05Z"), List.of("--start"), MACHINE, List.of(figures));
  }

  @Test
  void theTableShowsEachValueBesideItsGoal() {
    assertThat(TableWriter.write(report(MET, MISSED, VOID)))
        .isEqualTo(
            """
            Some CPU, 2 cores, 24 GB, kernel 6.1.0, cgroups v2, Java 17.0.15, load before 0.25

            figure      measure          value  goal
            first-call  p50            0.71 ms  ≤ 1.50 ms  met
                        crun run p50  53.20 ms
            churn       sandboxes       399 /s  ≥ 400 /s   missed
            warm        p50 ÷ echo      1.90 ×  ≤ 2.20 ×   void
              first-call: start types: prewarmed 1000
              warm: void, calls failed
            """);
  }

  @Test
  void aFigureThatCouldNotBeTakenSaysWhy() {
    assertThat(TableWriter.write(Figure.notMeasured("fork", "fork", "no such isolation")))
        .isEqualTo(
            """
            fork  not measured
              fork: void, no such isolation
            """);
  }

  @Test
  void smallRatiosKeepTheirDigits() {
    assertThat(Unit.RATIO.format(1.0 / 15)).isEqualTo("0.0667 ×");
    assertThat(Unit.COUNT.format(3)).isEqualTo("3");
  }

  @Test
  void theJsonHasWhatTheTableHas() throws IOException {
    JsonNode json = new ObjectMapper().readTree(JsonWriter.write(report(MET, MISSED, VOID)));
    assertThat(json.get("schema").asText()).isEqualTo("kiln-bench/1");
    assertThat(json.get("started").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(json.get("met").asBoolean()).isFalse();
    assertThat(json.at("/machine/kernel").asText()).isEqualTo("6.1.0");
    assertThat(json.at("/figures/0/measures/0/value").asDouble()).isEqualTo(0.714);
    assertThat(json.at("/figures/0/measures/0/goal/bound").asText()).isEqualTo("at most");
    assertThat(json.at("/figures/0/measures/0/goal/met").asBoolean()).isTrue();
    assertThat(json.at("/figures/0/measures/1").has("goal")).isFalse();
    assertThat(json.at("/figures/0/details/startTypes/prewarmed").asInt()).isEqualTo(1000);
    assertThat(json.at("/figures/1/met").asBoolean()).isFalse();
    assertThat(json.at("/figures/2/void").asText()).isEqualTo("calls failed");
    assertThat(json.at("/figures/2/met").asBoolean()).isFalse();
  }

  @Test
  void aReportMeetsItsGoalsWhenAllFiguresDo() {
    assertThat(report(MET).met()).isTrue();
    assertThat(report(MET, MISSED).met()).isFalse();
    assertThat(report(MET, VOID).met()).isFalse();
  }

  @Test
  void limitsAreThemselvesGood() {
    assertThat(Goal.atMost(2).met(2)).isTrue();
    assertThat(Goal.atLeast(2).met(2)).isTrue();
    assertThat(Goal.atMost(2).met(Double.NaN)).isFalse();
    assertThat(Goal.atLeast(2).met(Double.NaN)).isFalse();
  }
}
