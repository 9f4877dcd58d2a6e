package dev.kiln.gateway.function;

import dev.kiln.contract.Isolation;
import dev.kiln.image.Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** Makes functions for tests. */
public final class TestingFunctions {

  private TestingFunctions() {}

  /** Returns the identity of {@code name}. */
  public static FunctionId id(String name) {
    return FunctionId.of(new FunctionName(name));
  }

  /** Returns a configuration with one variable of that value. */
  public static FunctionConfiguration configuration(String variable) {
    return new FunctionConfiguration(
        "python3.11",
        "app.handler",
        128,
        Duration.ofSeconds(3),
        512,
        Map.of("VALUE", variable),
        Isolation.REUSE,
        10,
        0,
        EventFormat.V2);
  }

  /** Returns a revision whose code differs from those of other {@code content}. */
  public static Revision revision(String content) {
    return new Revision(
        UUID.randomUUID().toString(),
        configuration("x"),
        Digest.ofContent(content),
        100,
        Instant.parse("2026-11-24T10:00:00.123Z"));
  }

  /** Returns a function whose version 1 has that {@code content}. */
  public static Function function(String name, String content) {
    return Function.create(id(name), revision(content));
  }
}
