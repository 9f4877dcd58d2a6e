package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static dev.kiln.gateway.Gateways.invoke;
import static dev.kiln.gateway.Gateways.put;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;

import dev.kiln.contract.InvocationException;
import dev.kiln.contract.InvocationException.Fault;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One call over HTTP: what goes in, what comes out, and what its client may do. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class InvocationRoutesTest extends CallingTest {

  @Test
  void anEventGoesInAndAnAnswerComesOut() {
    put("echo", "v1");
    invoke("echo", "{\"a\":1}")
        .then()
        .statusCode(200)
        .contentType("application/json")
        .header(
            "Kiln-Request-Id",
            matchesPattern("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"))
        .header("Kiln-Start-Type", "prewarmed")
        .header("Kiln-Version", "1")
        .header(
            "Server-Timing",
            matchesPattern(
                "receive;dur=[0-9.]+, admit;dur=[0-9.]+, resolve;dur=[0-9.]+, lease;dur=[0-9.]+, send;dur=[0-9.]+, "
                    + "attach;dur=0.031, handler;dur=0.017, total;dur=[0-9.]+"))
        .body("a", equalTo(1));
    invoke("echo", "7").then().header("Kiln-Start-Type", "warm").body(equalTo("7"));
    given().post("/functions/echo/invocations").then().statusCode(200).body(equalTo("{}"));
  }

  @Test
  void aQualifierNamesAVersion() {
    put("versions", "v1");
    put("versions", "v2");
    sandboxes
        .pool()
        .handle("versions", (version, event) -> done("\"" + version.functionVersion() + "\""));
    invoke("versions", "{}").then().body(equalTo("\"2\"")).header("Kiln-Version", "2");
    invoke("versions:1", "{}").then().body(equalTo("\"1\"")).header("Kiln-Version", "1");
    invoke("versions:2", "{}").then().body(equalTo("\"2\""));
    invoke("versions:$LATEST", "{}").then().body(equalTo("\"2\""));
    invoke("versions:3", "{}").then().statusCode(404).body("code", equalTo("version-not-found"));
    invoke("versions:live", "{}").then().statusCode(404).body("code", equalTo("version-not-found"));
    invoke("versions:a.b", "{}")
        .then()
        .statusCode(400)
        .body("violations.parameter", contains("name"));
  }

  @ParameterizedTest
  @CsvSource({
    "RAISED, ValueError, 502, function-raised",
    "INIT_FAILED, SyntaxError, 502, function-init-failed",
    "EXITED, Runtime.ExitError, 502, function-exited",
    "OUT_OF_MEMORY, Runtime.OutOfMemory, 502, function-out-of-memory",
    "TIMED_OUT, Sandbox.Timedout, 504, function-timed-out",
    "ANSWER_TOO_LARGE, Function.ResponseSizeTooLarge, 502, function-answer-too-large",
    "PROTOCOL, Runtime.Unknown, 502, function-protocol"
  })
  void whatAFunctionDidIsToldWithItsOwnWords(Fault fault, String type, int status, String code) {
    put("fails", "v1");
    sandboxes
        .pool()
        .handle(
            "fails",
            (version, event) ->
                CompletableFuture.failedFuture(
                    new InvocationException.OfFunction(
                        fault, type, "so it said", List.of("app.py:1"))));
    invoke("fails", "{}")
        .then()
        .statusCode(status)
        .contentType("application/problem+json")
        .body("code", equalTo(code))
        .body("class", equalTo("caller"))
        .body("status", equalTo(status))
        .body("requestId", notNullValue())
        .body("functionError.errorType", equalTo(type))
        .body("functionError.errorMessage", equalTo("so it said"))
        .body("functionError.stackTrace", contains("app.py:1"))
        .header("Kiln-Request-Id", notNullValue())
        .header("Server-Timing", containsString("total"));
  }

  /** The error type is the function's to choose. */
  @Test
  void aFunctionCannotBlameItsCallerForAnEventThatIsJson() {
    put("blames", "v1");
    sandboxes
        .pool()
        .handle(
            "blames",
            (version, event) ->
                CompletableFuture.failedFuture(
                    new InvocationException.OfFunction(
                        Fault.RAISED, "Runtime.UnmarshalError", "so it said", List.of())));
    invoke("blames", "{}").then().statusCode(502).body("code", equalTo("function-raised"));
    given()
        .post("/functions/blames/invocations")
        .then()
        .statusCode(502)
        .body("code", equalTo("function-raised"));
    invoke("blames", "{\"a\":").then().statusCode(400).body("code", equalTo("invalid-event"));
  }

  @Test
  void anEngineThatFailsIsNotTheFunctionsFault() {
    put("engine", "v1");
    sandboxes
        .pool()
        .handle(
            "engine",
            (version, event) ->
                CompletableFuture.failedFuture(
                    new InvocationException.OfEngine("The zygote died")));
    invoke("engine", "{}")
        .then()
        .statusCode(503)
        .body("class", equalTo("kiln"))
        .body("code", equalTo("engine-failed"))
        .header("Retry-After", "1");
    sandboxes
        .pool()
        .handle(
            "engine",
            (version, event) -> {
              throw new IllegalStateException("a mistake with /a/host/path");
            });
    Response failed = invoke("engine", "{}");
    failed.then().statusCode(500).body("code", equalTo("internal"));
    assertThat(failed.asString()).doesNotContain("host/path").doesNotContain("Exception");
  }

  @Test
  void whatIsNoInvocationIsToldWhatWouldBe() {
    put("asked", "v1");
    given()
        .get("/functions/asked/invocations")
        .then()
        .statusCode(405)
        .header("Allow", "POST")
        .body("code", equalTo("method-not-allowed"))
        .body("remedy", containsString("POST"));
    given()
        .post("/functions/asked/invocations?version=1")
        .then()
        .statusCode(400)
        .body("violations.parameter", contains("version"))
        .body("detail", containsString("name:version"));
  }

  @Test
  void anEventBeyondTheLimitIs413() {
    put("limited", "v1");
    invoke("limited", "\"" + "x".repeat(999_998) + "\"").then().statusCode(200);
    invoke("limited", "\"" + "x".repeat(999_999) + "\"")
        .then()
        .statusCode(413)
        .body("code", equalTo("body-too-large"));
    try (RawClient client = new RawClient(RestAssured.port)) {
      client.send(
          "POST /functions/limited/invocations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      String chunk = "40000\r\n" + "x".repeat(0x40000) + "\r\n";
      client.send(chunk + chunk + chunk + chunk + "0\r\n\r\n");
      assertThat(client.readLine()).contains("413");
    }
  }

  @Test
  void aLargeEventComesBackWhole() {
    put("large", "v1");
    String event = "\"" + "0123456789".repeat(90_000) + "\"";
    assertThat(invoke("large", event).asString()).isEqualTo(event);
  }

  @Test
  void aClientThatHangsUpWhileItSendsCostsNothing() {
    put("half", "v1");
    try (RawClient client = new RawClient(RestAssured.port)) {
      client.send(
          "POST /functions/half/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{\"a\":");
      await("its bytes are held", () -> held.held() > 0);
    }
    await("its bytes are gone", () -> held.held() == 0);
  }

  @Test
  void anEventThatDoesNotComeToItsEndIsGivenUp() {
    put("dribbles", "v1");
    try (RawClient client = new RawClient(RestAssured.port)) {
      client.send(
          "POST /functions/dribbles/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{");
      assertThat(client.readLine()).contains("408");
      client.readUntil("content-type: application/problem+json");
    }
  }

  @Test
  void clientsThatDoNotTakeTheirAnswersAreBoundedAndCutOff() {
    put("ample", "v1", "&concurrency=50");
    String answer = "\"" + "x".repeat(6_000_000) + "\"";
    sandboxes.pool().handle("ample", (version, event) -> done(answer));
    List<RawClient> slow = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      slow.add(new RawClient(RestAssured.port).post("/functions/ample/invocations", "{}"));
      long expected = 6_000_000L * (i + 1);
      await("its answer is held", () -> held.held() > expected);
    }
    invoke("ample", "{}").then().statusCode(429).body("reason", equalTo("held-bytes"));
    await("they are cut off", () -> held.held() == 0);
    assertThat(invoke("ample", "{}").asByteArray()).hasSize(answer.length());
    slow.forEach(RawClient::close);
  }
}
