package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a function's owner and its callers see, over HTTP, of a Kiln that was started as users start
 * it.
 */
@ExtendWith(SharedKiln.class)
final class FunctionIT {

  private static final String COUNTING =
      """
      import os
      count = 0
      def handler(event, context):
          global count
          count += 1
          return {"count": count, "pid": os.getpid()}
      """;

  @Test
  void aFunctionRunsInAStemFirstAndInItsOwnSandboxThen(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            """
        loaded = []
        loaded.append(1)
        def handler(event, context):
            print("hello", event["name"])
            return {"hello": event["name"], "loaded": len(loaded), "id": context.aws_request_id,
                    "left": context.get_remaining_time_in_millis(), "memory": context.memory_limit_in_mb,
                    "function": context.function_name, "version": context.function_version}
        """,
            "&timeout=30");
    Response first = function.call("{\"name\": \"w\\u00f6rld\"}");
    first
        .then()
        .statusCode(200)
        .header("Kiln-Start-Type", anyOf(equalTo("prewarmed"), equalTo("forked")))
        .body("hello", equalTo("wörld"))
        .body("loaded", equalTo(1))
        .body("id", equalTo(first.header("Kiln-Request-Id")))
        .body("left", greaterThan(0))
        .body("left", lessThanOrEqualTo(30_000))
        .body("function", equalTo(function.name()))
        .body("version", equalTo("1"));
    await(
        "the next call finds its sandbox",
        () -> function.call("{\"name\":\"x\"}").header("Kiln-Start-Type").equals("warm"));
    await("its log has both", () -> function.log().contains("hello x"));
    assertThat(function.log())
        .contains(
            "\"requestId\":\""
                + first.header("Kiln-Request-Id")
                + "\",\"version\":\"1\",\"stream\":\"stdout\","
                + "\"message\":\"hello wörld\"");
  }

  @Test
  void loggingAndErrorsGoToTheLogWithTheirCallsId(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            """
        import logging, sys
        logging.getLogger().setLevel(logging.INFO)
        def handler(event, context):
            logging.info("informed")
            print("to stderr", file=sys.stderr)
            return None
        """);
    Response called = function.call();
    called.then().statusCode(200).body(equalTo("null"));
    await(
        "both lines are there",
        () -> function.log().contains("informed") && function.log().contains("to stderr"));
    String ofCall =
        kiln.given()
            .get(
                "/functions/"
                    + function.name()
                    + "/logs?requestId="
                    + called.header("Kiln-Request-Id"))
            .asString();
    assertThat(ofCall).contains("informed").contains("\"stream\":\"stderr\"");
  }

  @Test
  void aLogIsFollowedWhileItGrows(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(kiln, "def handler(event, context): print('line', event)");
    try (RawClient client = new RawClient(kiln.port())) {
      client.send(
          "GET /functions/" + function.name() + "/logs?follow=true HTTP/1.1\r\nHost: x\r\n\r\n");
      client.readUntil("content-type: text/event-stream");
      function.call("1");
      assertThat(client.readUntil("data:")).contains("line 1");
      function.call("2");
      assertThat(client.readUntil("data:")).contains("line 2");
    }
  }

  @Test
  void aWebClientTalksToAFunction(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            """
        import base64
        def handler(event, context):
            if event["rawPath"] == "/picture":
                return {"statusCode": 200, "headers": {"content-type": "image/png"},
                        "body": base64.b64encode(bytes(range(256))).decode(), "isBase64Encoded": True}
            body = event.get("body", "")
            if event["isBase64Encoded"]:
                body = len(base64.b64decode(body))
            return {"statusCode": 201, "headers": {"content-type": "text/plain"}, "cookies": ["a=1"],
                    "body": event["requestContext"]["http"]["method"] + " " + event["rawPath"] + " " + str(body)}
        """);
    String url = "/fn/" + function.name();
    kiln.given()
        .contentType("text/plain")
        .body("hi")
        .post(url + "/a/b?x=1")
        .then()
        .statusCode(201)
        .body(equalTo("POST /a/b hi"))
        .cookie("a", "1");
    kiln.given()
        .contentType("image/png")
        .body(new byte[] {(byte) 0xff, 0, 1})
        .put(url + "/up")
        .then()
        .body(equalTo("PUT /up 3"));
    byte[] picture =
        kiln.given()
            .get(url + "/picture")
            .then()
            .statusCode(200)
            .contentType("image/png")
            .extract()
            .asByteArray();
    assertThat(picture).hasSize(256);
  }

  @Test
  void reuseKeepsStateForkAndFreshDoNot(RunningKiln kiln) {
    PythonFunction reuse = PythonFunction.deploy(kiln, COUNTING, "&concurrency=1");
    reuse.call();
    await("state is kept", () -> reuse.call().<Integer>path("count") > 1);
    PythonFunction fork = PythonFunction.deploy(kiln, COUNTING, "&isolation=fork");
    PythonFunction fresh = PythonFunction.deploy(kiln, COUNTING, "&isolation=fresh");
    for (int i = 0; i < 3; i++) {
      fork.call().then().statusCode(200).body("count", equalTo(1));
      fresh.call().then().statusCode(200).body("count", equalTo(1));
    }
  }

  @Test
  void theEnvironmentIsTheFunctionsOwn(RunningKiln kiln) {
    PythonFunction function = PythonFunction.undeployed(kiln);
    String code = "import os\ndef handler(event, context): return dict(os.environ)";
    kiln.given()
        .multiPart(
            "config",
            "{\"runtime\":\"python3.11\",\"handler\":\"app.handler\",\"environment\":{\"MINE\":\"1\"}}")
        .multiPart("code", "code.zip", Zips.app(code), "application/zip")
        .put("/functions/" + function.name())
        .then()
        .statusCode(201);
    Response environment = function.call();
    environment
        .then()
        .statusCode(200)
        .body("MINE", equalTo("1"))
        .body("AWS_LAMBDA_FUNCTION_NAME", equalTo(function.name()))
        .body("_HANDLER", equalTo("app.handler"))
        .body("LAMBDA_TASK_ROOT", equalTo("/var/task"));
    assertThat(environment.asString()).doesNotContain("KILN_");
    assertThat(kiln.output()).doesNotContain("MINE");
  }

  @Test
  void moreCallsAtOnceGetMoreSandboxesUpToTheConcurrency(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(
            kiln,
            """
        import os, time
        def handler(event, context):
            time.sleep(0.5)
            return open("/proc/sys/kernel/hostname").read() + str(id(context))
        """,
            "&concurrency=3&timeout=30");
    List<CompletableFuture<Response>> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      calls.add(
          CompletableFuture.supplyAsync(function::call, command -> new Thread(command).start()));
    }
    calls.forEach(call -> call.join().then().statusCode(200));
    kiln.given()
        .get("/pool")
        .then()
        .body("versions.findAll { it.key.contains('" + function.name() + ":') }", hasSize(1))
        .body(
            "versions.find { it.key.contains('" + function.name() + ":') }.idle",
            lessThanOrEqualTo(3));
  }

  @Test
  void onceADeploymentHasAnsweredOldCodeDoesNot(RunningKiln kiln) {
    PythonFunction function =
        PythonFunction.deploy(kiln, "def handler(event, context): return 1", "&concurrency=4");
    Redeployments.run(
        6,
        version -> function.put("def handler(event, context): return " + version, "&concurrency=4"),
        function::call);
  }

  @Test
  void aDeletedFunctionIsGone(RunningKiln kiln) {
    PythonFunction function = PythonFunction.deploy(kiln, "def handler(event, context): return 1");
    function.call().then().statusCode(200);
    kiln.given().delete("/functions/" + function.name()).then().statusCode(204);
    function.call().then().statusCode(404).body("code", equalTo("function-not-found"));
    kiln.given()
        .get("/pool")
        .then()
        .body("versions.findAll { it.key.contains('" + function.name() + ":') }", hasSize(0));
  }

  @Test
  void theNodeTellsOfItself(RunningKiln kiln) {
    kiln.given()
        .get("/runtimes")
        .then()
        .statusCode(200)
        .body("name", hasItem("python3.11"))
        .body("[0].digest", org.hamcrest.Matchers.matchesPattern("[0-9a-f]{64}"))
        .body("[0].unpackedBytes", greaterThan(1_000_000))
        .body("[0].status", equalTo("ready"));
    kiln.given().get("/q/metrics").then().statusCode(200).body(containsString("kiln_pool_stems"));
  }
}
