package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static dev.kiln.gateway.Gateways.invoke;
import static dev.kiln.gateway.Gateways.put;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class OutageTest {

  @Test
  void withoutRedisCallsGoOnAndDeploymentsAreRefusedUntilItIsBack() {
    put("survivor", "v1").then().statusCode(201);
    GatewayResources.redis().kill();
    try {
      invoke("survivor", "{\"a\":1}").then().statusCode(200).body("a", equalTo(1));
      put("survivor", "v2")
          .then()
          .statusCode(503)
          .body("code", equalTo("store-unavailable"))
          .body("class", equalTo("kiln"))
          .header("Retry-After", "1");
      given().delete("/functions/survivor").then().statusCode(503);
      given().get("/functions/survivor").then().statusCode(200).body("version", equalTo(1));
      given().get("/q/health/ready").then().statusCode(200);
      invoke("survivor", "{\"a\":1}").then().statusCode(200).header("Kiln-Version", "1");
    } finally {
      GatewayResources.redis().start();
    }
    await("deployments work again", () -> put("survivor", "v3").statusCode() == 200);
    invoke("survivor", "{}").then().statusCode(200).header("Kiln-Version", "2");
  }
}
