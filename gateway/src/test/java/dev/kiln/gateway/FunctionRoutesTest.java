package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static dev.kiln.gateway.Gateways.invoke;
import static dev.kiln.gateway.Gateways.put;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions: how they are named, configured, changed, shown and removed. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class FunctionRoutesTest {

  @Inject TestingSandboxes sandboxes;

  @Test
  void aNewFunctionIs201AndItsChangeIs200WithTheNextVersion() {
    put("grows", "v1")
        .then()
        .statusCode(201)
        .body("version", equalTo(1))
        .header("Location", "/functions/grows");
    put("grows", "v1").then().statusCode(200).body("version", equalTo(1));
    put("grows", "v2").then().statusCode(200).body("version", equalTo(2));
    put("grows", "v2", "&memory=256")
        .then()
        .statusCode(200)
        .body("version", equalTo(3))
        .body("memory", equalTo(256));
    given().get("/functions").then().statusCode(200).body("name", hasItem("grows"));
    given()
        .get("/functions/grows")
        .then()
        .statusCode(200)
        .body("arn", equalTo("arn:aws:lambda:us-east-1:000000000000:function:grows"))
        .body("versions.version", contains(1, 2, 3));
  }

  @Test
  void putReplacesTheWholeConfigurationAndPatchMerges() {
    put(
            "merged",
            "v1",
            "&memory=256&timeout=9&isolation=fork&concurrency=7&minWarm=2&tmp=64&eventFormat=1.0")
        .then()
        .statusCode(201);
    given()
        .patch("/functions/merged?memory=512")
        .then()
        .statusCode(200)
        .body("version", equalTo(2))
        .body("memory", equalTo(512))
        .body("timeout", equalTo(9))
        .body("isolation", equalTo("fork"))
        .body("concurrency", equalTo(7))
        .body("minWarm", equalTo(2))
        .body("tmp", equalTo(64))
        .body("eventFormat", equalTo("1.0"));
    given()
        .contentType("application/json")
        .body("{\"environment\":{\"A\":\"1\"},\"timeout\":5}")
        .patch("/functions/merged")
        .then()
        .statusCode(200)
        .body("version", equalTo(3))
        .body("timeout", equalTo(5))
        .body("environmentNames", contains("A"));
    given()
        .contentType("application/zip")
        .body(Zips.app("v2"))
        .patch("/functions/merged")
        .then()
        .statusCode(200)
        .body("version", equalTo(4))
        .body("environmentNames", contains("A"));
    put("merged", "v2")
        .then()
        .statusCode(200)
        .body("memory", equalTo(128))
        .body("timeout", equalTo(3))
        .body("isolation", equalTo("reuse"))
        .body("environmentNames", hasSize(0));
    given().patch("/functions/merged").then().statusCode(200).body("version", equalTo(5));
  }

  @Test
  void everyWrongParameterIsNamed() {
    given()
        .contentType("application/zip")
        .body(Zips.app("x"))
        .put(
            "/functions/wrong?runtime=cobol&memory=1&timeout=x&colour=red&concurrency=0&isolation=none&tmp=-1"
                + "&eventFormat=3&minWarm=1000000&handler=nodot")
        .then()
        .statusCode(400)
        .contentType("application/problem+json")
        .header("Kiln-Request-Id", notNullValue())
        .body("code", equalTo("invalid-request"))
        .body("class", equalTo("caller"))
        .body("requestId", notNullValue())
        .body("remedy", notNullValue())
        .body(
            "violations.parameter",
            containsInAnyOrder(
                "runtime",
                "handler",
                "memory",
                "timeout",
                "colour",
                "concurrency",
                "isolation",
                "tmp",
                "eventFormat",
                "minWarm"));
    given().get("/functions").then().body("name", not(hasItem("wrong")));
    given()
        .get("/functions?limit=3")
        .then()
        .statusCode(400)
        .body("violations.parameter", contains("limit"));
    given()
        .get("/functions/wrong?colour=red")
        .then()
        .statusCode(400)
        .body("violations.parameter", contains("colour"));
    given()
        .body("{}")
        .post("/functions/wrong/invocations?x=1&y=2")
        .then()
        .statusCode(400)
        .body("violations.parameter", containsInAnyOrder("x", "y"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.b",
        "a%2Fb",
        "%C3%A4",
        "a:1",
        "a%00",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      })
  void aWrongNameIsRefused(String name) {
    given()
        .urlEncodingEnabled(false)
        .contentType("application/zip")
        .body(Zips.app("x"))
        .put("/functions/" + name + "?runtime=python3.11&handler=app.handler")
        .then()
        .statusCode(400)
        .body("violations.parameter", contains("name"));
  }

  @Test
  void aQueryThatIsNotWellEncodedIsRefused() {
    for (String request :
        List.of(
            "POST /functions/x/invocations?a=%zz",
            "GET /functions/x/logs?a=%zz", "PATCH /functions/x?a=%zz")) {
      try (RawClient client = new RawClient(RestAssured.port)) {
        client.send(request + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.readLine()).as(request).contains("400");
      }
    }
  }

  @Test
  void aDeletedFunctionIsGoneAndItsSuccessorStartsAnew() {
    put("gone", "v1").then().statusCode(201);
    invoke("gone", "{}").then().statusCode(200);
    given().delete("/functions/gone").then().statusCode(204);
    given()
        .delete("/functions/gone")
        .then()
        .statusCode(404)
        .body("code", equalTo("function-not-found"));
    given().get("/functions/gone").then().statusCode(404);
    invoke("gone", "{}").then().statusCode(404).body("code", equalTo("function-not-found"));
    given().patch("/functions/gone?memory=256").then().statusCode(404);
    put("gone", "v2").then().statusCode(201).body("version", equalTo(1));
    invoke("gone", "{\"b\":2}").then().statusCode(200).body("b", equalTo(2));
    assertThat(sandboxes.pool().mistakes).isEmpty();
  }

  @Test
  void theCompilersWarningsAreInTheAnswer() {
    sandboxes.pool().warn("[{\"file\":\"app.py\",\"line\":3,\"message\":\"invalid syntax\"}]");
    put("warned", "def")
        .then()
        .statusCode(201)
        .body("warnings.file", contains("app.py"))
        .body("warnings.line", contains(3));
    sandboxes.pool().warn("[]");
  }

  @Test
  void minWarmIsToldToThePool() {
    put("kept", "v1", "&minWarm=2").then().statusCode(201);
    assertThat(sandboxes.pool().kept).anyMatch(key -> key.startsWith("000000000000/kept:1"));
  }

  @Test
  void whatIsNotThereIsAProblemToo() {
    given().get("/nothing").then().statusCode(404);
    given().post("/functions").then().statusCode(405).body("code", equalTo("method-not-allowed"));
  }

  @Test
  void theNodeTellsOfItself() {
    given()
        .get("/runtimes")
        .then()
        .statusCode(200)
        .body("name", contains("python3.11"))
        .body("status", contains("ready"))
        .body("stemsReady", contains(16));
    given().get("/pool").then().statusCode(200).body("slots", equalTo(64));
    await("ready", () -> given().get("/q/health/ready").statusCode() == 200);
    given()
        .get("/q/metrics")
        .then()
        .statusCode(200)
        .body(containsString("kiln_invocation_seconds"))
        .body(containsString("kiln_pool_slots"));
    given()
        .get("/q/openapi")
        .then()
        .statusCode(200)
        .body(containsString("/functions/{name}/invocations"))
        .body(containsString("/fn/{name}/{path}"))
        .body(containsString("summary: Show a function"));
  }
}
