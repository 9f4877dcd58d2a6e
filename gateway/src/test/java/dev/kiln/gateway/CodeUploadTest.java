package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static dev.kiln.gateway.Gateways.put;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.lessThan;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
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

/** The code of functions: how it comes, what is refused of it, and that nothing of that is left. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class CodeUploadTest {

  @ConfigProperty(name = "kiln.state")
  Path state;

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
  void hostileArchivesAreRefusedAndLeaveNothing() {
    refusedZip("climbs", Zips.of("../../etc/passwd", "x"), "../../etc/passwd");
    refusedZip("absolute", Zips.of("/etc/passwd", "x"), "/etc/passwd");
    refusedZip("nozip", "this is no zip".getBytes(UTF_8), "zip");
    refusedZip("empty", new byte[0], "zip");
    refusedZip("bomb", Zips.bomb(), "");
    assertThat(uploads()).isEmpty();
    assertThat(files(state.resolve("code/.unfinished"))).isEmpty();
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
