package dev.kiln.gateway;

import static io.restassured.RestAssured.given;

import io.restassured.response.Response;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** What tests ask of a gateway again and again. */
final class Gateways {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private Gateways() {}

  /**
   * Deploys a function whose code is {@code code}; {@code parameters} start with an ampersand, if
   * any.
   */
  static Response put(String name, String code, String parameters) {
    return given()
        .contentType("application/zip")
        .body(Zips.app(code))
        .put("/functions/" + name + "?runtime=python3.11&handler=app.handler" + parameters);
  }

  static Response put(String name, String code) {
    return put(name, code, "");
  }

  static Response invoke(String name, String event) {
    return given().body(event).post("/functions/" + name + "/invocations");
  }

  /** Begins a call with the event {@code {}}. */
  static CompletableFuture<Response> begin(String name) {
    CompletableFuture<Response> response = new CompletableFuture<>();
    new Thread(() -> response.complete(invoke(name, "{}")), "call-" + name).start();
    return response;
  }

  /** Waits until {@code condition} holds, and fails where it does not. */
  static void await(String what, BooleanSupplier condition) {
    await(what, PATIENCE, condition);
  }

  static void await(String what, Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("Waited in vain: " + what);
      }
      try {
        Thread.sleep(PAUSE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("Interrupted while waiting: " + what, e);
      }
    }
  }
}
