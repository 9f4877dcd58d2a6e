package dev.kiln.gateway;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class FunctionRoutesTest {

  @Inject TestingSandboxes sandboxes;

  static Response put(String name, String code) {
    return given()
        .contentType("application/zip")
        .body(Zips.app(code))
        .put("/functions/" + name + "?runtime=python3.11&handler=app.handler");
  }

  @Test
  void anEventGoesInAndAnAnswerComesOut() {
    put("echo", "v1")
        .then()
        .statusCode(201)
        .body("version", equalTo(1))
        .header("Location", "/functions/echo");
    given()
        .body("{\"a\":1}")
        .post("/functions/echo/invocations")
        .then()
        .statusCode(200)
        .contentType("application/json")
        .header("Kiln-Start-Type", "prewarmed")
        .body("a", equalTo(1));
    given()
        .body("{\"a\":2}")
        .post("/functions/echo/invocations")
        .then()
        .header("Kiln-Start-Type", "warm");
    assertThat(sandboxes.pool().mistakes).isEmpty();
  }

  @Test
  void theSameContentIsTheSameVersion() {
    put("same", "v1").then().statusCode(201).body("version", equalTo(1));
    put("same", "v1").then().statusCode(200).body("version", equalTo(1));
    put("same", "v2").then().statusCode(200).body("version", equalTo(2));
    given().get("/functions").then().statusCode(200).body("name", hasItem("same"));
  }

  @Test
  void everyWrongParameterIsNamed() {
    given()
        .contentType("application/zip")
        .body(Zips.app("x"))
        .put("/functions/wrong?runtime=cobol&memory=1&timeout=x&colour=red&concurrency=0")
        .then()
        .statusCode(400)
        .contentType("application/problem+json")
        .body("code", equalTo("invalid-request"))
        .body("class", equalTo("caller"))
        .body(
            "violations.parameter",
            containsInAnyOrder("runtime", "handler", "memory", "timeout", "colour", "concurrency"));
    given().get("/functions").then().body("name", not(hasItem("wrong")));
  }
}
