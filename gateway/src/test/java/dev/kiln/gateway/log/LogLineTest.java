package dev.kiln.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.log.LogSink.Stream;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogLineTest {

  @Test
  void oneWideCharacterMakesAllOfALineWide() {
    int narrow = line("\u00e9".repeat(1_000)).heldBytes();
    int wide = line("x".repeat(999) + "\u2026").heldBytes();
    assertThat(wide - narrow).isEqualTo(1_000);
  }

  private static LogLine line(String message) {
    return new LogLine(1, Instant.EPOCH, Optional.empty(), "1", Stream.STDOUT, message, 0);
  }
}
