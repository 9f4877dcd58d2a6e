package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static dev.kiln.gateway.Gateways.invoke;
import static dev.kiln.gateway.Gateways.put;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class FunctionRoutesTest {

  @Inject TestingSandboxes sandboxes;

  @ConfigProperty(name = "kiln.state")
  Path state;

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
  void aFormCarriesConfigurationAndCode() {
    given()
        .multiPart(
            "config",
            "{\"runtime\":\"python3.11\",\"handler\":\"app.handler\",\"environment\":{\"B\":\"2\"}}")
        .multiPart("code", "code.zip", Zips.app("v1"), "application/zip")
        .put("/functions/form")
        .then()
        .statusCode(201)
        .body("environmentNames", contains("B"));
    given().get("/functions/form").then().body("environment", equalTo(null));
    given().get("/functions/form?environment=true").then().body("environment.B", equalTo("2"));
    given()
        .multiPart(
            "config",
            "config.json",
            "{\"memory\":1,\"environment\":{\"AWS_REGION\":\"x\",\"1A\":\"\"}}".getBytes(UTF_8))
        .multiPart("code", "code.zip", Zips.app("v1"), "application/zip")
        .multiPart("extra", "x")
        .put("/functions/form")
        .then()
        .statusCode(400)
        .body("violations.parameter", contains("extra"));
    given()
        .multiPart(
            "config",
            "config.json",
            "{\"memory\":1,\"environment\":{\"AWS_REGION\":\"x\",\"1A\":\"\",\"C\":3}}"
                .getBytes(UTF_8))
        .multiPart("code", "code.zip", Zips.app("v1"), "application/zip")
        .put("/functions/form")
        .then()
        .statusCode(400)
        .body(
            "violations.parameter",
            containsInAnyOrder(
                "runtime",
                "handler",
                "memory",
                "environment.AWS_REGION",
                "environment.1A",
                "environment.C"));
    assertThat(uploads()).isEmpty();
  }

  @Test
  void aFormOfManyPartsIsGivenUpEarly() {
    RequestSpecification form = given();
    for (int i = 0; i < 200; i++) {
      form.multiPart("code", "code.zip", Zips.app("v" + i), "application/zip");
    }
    form.put("/functions/parts?runtime=python3.11&handler=app.handler")
        .then()
        .statusCode(400)
        .body("violations.parameter", hasItem("code"))
        .body("violations.size()", lessThan(12));
    await("no file is left", () -> uploads().isEmpty());
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
  void hostileArchivesAreRefusedAndLeaveNothing() {
    refusedZip("climbs", Zips.of("../../etc/passwd", "x"), "../../etc/passwd");
    refusedZip("absolute", Zips.of("/etc/passwd", "x"), "/etc/passwd");
    refusedZip("nozip", "this is no zip".getBytes(UTF_8), "zip");
    refusedZip("empty", new byte[0], "zip");
    refusedZip("bomb", Zips.bomb(), "");
    assertThat(uploads()).isEmpty();
    assertThat(files(state.resolve("code/.unfinished"))).isEmpty();
  }

  private static void refusedZip(String name, byte[] zip, String detail) {
    given()
        .contentType("application/zip")
        .body(zip)
        .put("/functions/" + name + "?runtime=python3.11&handler=app.handler")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-archive"))
        .body("class", equalTo("caller"))
        .body("detail", containsString(detail));
    given().get("/functions/" + name).then().statusCode(404);
  }

  @Test
  void anArchiveBeyondTheLimitIs413HoweverItComes() {
    byte[] large = new byte[5_000_000];
    given()
        .contentType("application/zip")
        .body(large)
        .put("/functions/large?runtime=python3.11&handler=app.handler")
        .then()
        .statusCode(413)
        .body("code", equalTo("body-too-large"));
    given()
        .contentType("application/zip")
        .body(new ByteArrayInputStream(large))
        .put("/functions/large?runtime=python3.11&handler=app.handler")
        .then()
        .statusCode(413);
    assertThat(uploads()).isEmpty();
  }

  @Test
  void moreDeploymentsAtOnceThanMayBeAreRefused() {
    List<RawClient> uploads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      uploads.add(
          new RawClient(RestAssured.port)
              .send(
                  "PUT /functions/many?runtime=python3.11&handler=app.handler HTTP/1.1\r\nHost: x\r\n"
                      + "Content-Type: application/zip\r\nContent-Length: 100\r\n\r\nx"));
    }
    await("all are under way", () -> uploads().size() == 6);
    put("many", "v1")
        .then()
        .statusCode(429)
        .body("code", equalTo("deployments-busy"))
        .header("Retry-After", "1");
    uploads.forEach(RawClient::close);
    await("their files are gone", () -> uploads().isEmpty());
    await("there is room again", () -> put("many", "v1").statusCode() == 201);
  }

  @Test
  void codeThatNoVersionNeedsIsRemoved() {
    put("pruned", "p1").then().statusCode(201);
    String first = given().get("/functions/pruned").path("codeDigest");
    for (int version = 2; version <= 4; version++) {
      assertThat(state.resolve("code/" + first)).exists();
      put("pruned", "p" + version).then().statusCode(200);
    }
    assertThat(state.resolve("code/" + first)).doesNotExist();
    given().get("/functions/pruned").then().body("versions.version", contains(2, 3, 4));
    String last = given().get("/functions/pruned").path("codeDigest");
    given().delete("/functions/pruned").then().statusCode(204);
    assertThat(state.resolve("code/" + last)).doesNotExist();
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
  void bodiesOfOtherKindsAreRefused() {
    given()
        .contentType("text/plain")
        .body("x")
        .put("/functions/kinds?runtime=python3.11&handler=app.handler")
        .then()
        .statusCode(415)
        .body("code", equalTo("unsupported-media-type"));
    given()
        .contentType("application/json")
        .body("{\"image\":\"x\"}")
        .put("/functions/kinds")
        .then()
        .statusCode(400)
        .body("violations.parameter", contains("image"));
    given()
        .contentType("application/json")
        .body("{\"runtime\":")
        .put("/functions/kinds")
        .then()
        .statusCode(400)
        .body("violations.parameter", contains("config"));
    given()
        .contentType("application/json")
        .body("{\"runtime\":\"python3.11\",\"handler\":\"app.handler\"}")
        .put("/functions/kinds")
        .then()
        .statusCode(400)
        .body("violations.parameter", contains("code"));
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

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> uploads() {
    return files(state.resolve("uploads"));
  }
}
