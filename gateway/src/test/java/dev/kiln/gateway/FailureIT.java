package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.restassured.response.Response;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What functions and their callers do wrong: each is told, and nobody else notices. */
@ExtendWith(SharedKiln.class)
final class FailureIT {

  private static void assertFails(Response response, int status, String code, String errorType) {
    response
        .then()
        .statusCode(status)
        .contentType("application/problem+json")
        .body("code", equalTo(code))
        .body("class", equalTo("caller"))
        .body("functionError.errorType", equalTo(errorType))
        .body("requestId", equalTo(response.header("Kiln-Request-Id")));
  }

  @Test
  void aHandlerRaises(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln, "def handler(event, context):\n    raise ValueError('not ' + event['what'])");
    Response raised = function.call("{\"what\":\"good\"}");
    assertFails(raised, 502, "function-raised", "ValueError");
    raised
        .then()
        .body("functionError.errorMessage", equalTo("not good"))
        .body("functionError.stackTrace.join()", containsString("app.py"))
        .body("functionError.stackTrace.join()", not(containsString("/opt/kiln")));
    assertFails(function.call("{}"), 502, "function-raised", "KeyError");
  }

  @Test
  void aSyntaxErrorIsAWarningAtDeploymentAndAnErrorAtTheCall(RunningKiln kiln) {
    PythonFunction function = PythonFunction.undeployed(kiln);
    function
        .put("def handler(event context):\n    pass", "")
        .then()
        .statusCode(201)
        .body("warnings.file", hasItem("app.py"))
        .body("warnings.line", hasItem(1));
    assertFails(function.call(), 502, "function-init-failed", "Runtime.UserCodeSyntaxError");
    function.put("def handler(event, context): return 1", "").then().statusCode(200);
    function.call().then().statusCode(200).body(equalTo("1"));
  }

  @Test
  void aHandlerIsMissing(RunningKiln kiln) {
    assertFails(
        PythonFunction.deploy(kiln, "x = 1").call(),
        502,
        "function-init-failed",
        "Runtime.HandlerNotFound");
    PythonFunction function = PythonFunction.undeployed(kiln);
    kiln.given()
        .contentType("application/zip")
        .body(Zips.app("x = 1"))
        .put("/functions/" + function.name() + "?runtime=python3.11&handler=other.handler")
        .then()
        .statusCode(201);
    assertFails(function.call(), 502, "function-init-failed", "Runtime.ImportModuleError");
  }

  @Test
  void anImportFails(RunningKiln kiln) {
    assertFails(
        PythonFunction.deploy(kiln, "import nothing_like_it\ndef handler(e, c): pass").call(),
        502,
        "function-init-failed",
        "Runtime.ImportModuleError");
  }

  @Test
  void aProcessExits(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(kiln, "import os\ndef handler(event, context): os._exit(3)");
    assertFails(function.call(), 502, "function-exited", "Runtime.ExitError");
    assertFails(function.call(), 502, "function-exited", "Runtime.ExitError");
  }

  @Test
  void aProcessCrashes(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln, "import ctypes\ndef handler(event, context): ctypes.string_at(0)");
    assertFails(function.call(), 502, "function-exited", "Runtime.ExitError");
  }

  @Test
  void aLoopIsEndedAtItsTimeout(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            """
        def handler(event, context):
            while event["loop"]:
                pass
            return "done"
        """,
            "&timeout=1&concurrency=1");
    assertFails(function.call("{\"loop\":true}"), 504, "function-timed-out", "Sandbox.Timedout");
    function.call("{\"loop\":false}").then().statusCode(200).body(equalTo("\"done\""));
  }

  @Test
  void whoTakesMoreMemoryThanItsLimitDiesAlone(RunningKiln kiln) {
    PythonFunction neighbour =
        PythonFunction.deploy(
            kiln,
            "import time\ndef handler(event, context):\n    time.sleep(2)\n    return 'fine'",
            "&timeout=30");
    CompletableFuture<Response> beside = CompletableFuture.supplyAsync(neighbour::call);
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            "def handler(event, context): return len(bytearray(1 << 30))",
            "&memory=128&timeout=20");
    assertFails(function.call(), 502, "function-out-of-memory", "Runtime.OutOfMemory");
    beside.join().then().statusCode(200).body(equalTo("\"fine\""));
  }

  @Test
  void aForkBombEndsWithItsSandbox(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            """
        import os
        def handler(event, context):
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
        """,
            "&timeout=2");
    Response response = function.call();
    assertThat(response.statusCode()).as(response.asString()).isIn(502, 504);
    await("its processes are gone", () -> kiln.processes().size() < 100);
    PythonFunction.deploy(kiln, "def handler(e, c): return 1").call().then().statusCode(200);
  }

  @Test
  void aFloodOfLogIsDroppedAndCountedAndHoldsNobodyUp(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            """
        def handler(event, context):
            for i in range(300000):
                print("x" * 100)
            return "done"
        """,
            "&timeout=60");
    function.call().then().statusCode(200).body(equalTo("\"done\""));
    assertThat(function.log().length()).isLessThan(30_000_000);
    await(
        "the dropped bytes are counted",
        () ->
            kiln.given()
                .get("/q/metrics")
                .asString()
                .lines()
                .anyMatch(line -> line.matches("kiln_log_dropped_bytes_total [1-9].*")));
  }

  @Test
  void anAnswerOf100MegabytesIsRefused(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            "def handler(event, context): return 'x' * (event['mb'] << 20)",
            "&memory=1024&timeout=60");
    assertFails(
        function.call("{\"mb\":100}"),
        502,
        "function-answer-too-large",
        "Function.ResponseSizeTooLarge");
    assertThat(function.call("{\"mb\":5}").asByteArray()).hasSize((5 << 20) + 2);
  }

  @Test
  void anAnswerThatIsNoJsonIsAnError(RunningKiln kiln) {
    assertFails(
        PythonFunction.deploy(kiln, "def handler(event, context): return object()").call(),
        502,
        "function-raised",
        "Runtime.MarshalError");
  }

  @Test
  void anEventThatIsNoJsonIsTheCallersMistake(RunningKiln kiln) {
    PythonFunction.deploy(kiln, "def handler(event, context): return 1")
        .call("{\"a\":")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-event"));
  }

  @Test
  void aClientThatHangsUpGivesItsPlaceBack(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            """
        import time
        def handler(event, context):
            time.sleep(event)
            return "slept"
        """,
            "&concurrency=1&timeout=20");
    try (RawClient client = new RawClient(kiln.port())) {
      client.post(function.path(), "1");
      await("it runs", () -> running(kiln, function));
    }
    function.call("0").then().statusCode(200).body(equalTo("\"slept\""));
  }

  private static boolean running(RunningKiln kiln, PythonFunction function) {
    String busy = "versions.find { it.key.contains('" + function.name() + ":') }?.busy";
    Integer count = kiln.given().get("/pool").path(busy);
    return count != null && count > 0;
  }

  @Test
  void anIdleSandboxThatDiesIsNotNoticed(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            """
        import os, threading
        def handler(event, context):
            threading.Timer(0.3, lambda: os._exit(1)).start()
            return "alive"
        """,
            "&concurrency=1");
    function.call().then().statusCode(200);
    String idle = "versions.find { it.key.contains('" + function.name() + ":') }?.idle";
    await(
        "it is gone",
        () -> {
          Integer count = kiln.given().get("/pool").path(idle);
          return count == null || count == 0;
        });
    function.call().then().statusCode(200).body(equalTo("\"alive\""));
  }

  @Test
  void hostileArchivesAreRefused(RunningKiln kiln) {
    byte[][] archives = {
      Zips.of("../app.py", "x"),
      Zips.of("/app.py", "x"),
      Zips.bomb(),
      "no zip".getBytes(java.nio.charset.StandardCharsets.UTF_8)
    };
    for (byte[] archive : archives) {
      PythonFunction function = PythonFunction.undeployed(kiln);
      kiln.given()
          .contentType("application/zip")
          .body(archive)
          .put("/functions/" + function.name() + "?runtime=python3.11&handler=app.handler")
          .then()
          .statusCode(400)
          .body("code", equalTo("invalid-archive"));
      function.call().then().statusCode(404);
    }
  }
}
