package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static dev.kiln.gateway.Gateways.put;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.kiln.log.LogSink;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class LogRoutesTest {

  @Inject TestingSandboxes sandboxes;

  private void print(String name, String requestId, String line) {
    sandboxes
        .logs()
        .line(
            "000000000000/" + name + ":1@abc",
            Optional.of(requestId),
            LogSink.Stream.STDOUT,
            line,
            0);
  }

  @Test
  void linesComeAsJsonWithTheirRequestsIds() {
    put("talks", "v1");
    print("talks", "r1", "one");
    print("talks", "r2", "two \"quoted\"");
    String[] lines =
        given()
            .get("/functions/talks/logs")
            .then()
            .statusCode(200)
            .contentType("application/x-ndjson")
            .extract()
            .asString()
            .split("\n");
    assertThat(lines).hasSize(2);
    assertThat(lines[0])
        .matches(
            "\\{\"time\":\"[^\"]+Z\",\"requestId\":\"r1\",\"version\":\"1\",\"stream\":\"stdout\","
                + "\"message\":\"one\"}");
    assertThat(given().get("/functions/talks/logs?tail=1").asString())
        .contains("two")
        .doesNotContain("one");
    assertThat(given().get("/functions/talks/logs?requestId=r1").asString())
        .contains("one")
        .doesNotContain("two");
    given()
        .get("/functions/nobody/logs")
        .then()
        .statusCode(404)
        .body("code", equalTo("function-not-found"));
    given()
        .get("/functions/talks/logs?tail=x&follow=maybe&colour=red")
        .then()
        .statusCode(400)
        .body("violations.parameter", containsInAnyOrder("tail", "follow", "colour"))
        .body("detail", containsString("there are follow, requestId, tail"));
  }

  @Test
  void whoFollowsGetsWhatIsThereAndWhatComes() {
    put("followed", "v1");
    print("followed", "r1", "before");
    try (RawClient client = follow("followed", "")) {
      assertThat(client.readLine()).contains("200");
      assertThat(client.readUntil("content-type")).contains("text/event-stream");
      assertThat(client.readUntil("data:")).contains("before");
      print("followed", "r2", "after");
      assertThat(client.readUntil("id:")).isEqualTo("id: 2");
      assertThat(client.readUntil("data:")).contains("after").contains("r2");
    }
    try (RawClient client = follow("followed", "Last-Event-ID: 1\r\n")) {
      assertThat(client.readUntil("data:")).contains("after");
    }
    try (RawClient client = follow("followed", "Last-Event-ID: 1000\r\n")) {
      assertThat(client.readUntil("data:")).as("numbers of an earlier start").contains("before");
    }
  }

  private static RawClient follow(String name, String headers) {
    return new RawClient(RestAssured.port)
        .send(
            "GET /functions/"
                + name
                + "/logs?follow=true HTTP/1.1\r\nHost: x\r\n"
                + headers
                + "\r\n");
  }

  @Test
  void whoComesBackLateIsToldHowManyLinesWereDropped() {
    put("floods", "v1");
    for (int i = 1; i <= 200; i++) {
      print("floods", "r", i + "x".repeat(60_000));
    }
    try (RawClient client = follow("floods", "Last-Event-ID: 1\r\n")) {
      client.readUntil("event: dropped");
      int dropped = Integer.parseInt(client.readLine().replaceAll("[^0-9]", ""));
      assertThat(client.readUntil("id:")).isEqualTo("id: " + (2 + dropped));
    }
  }

  @Test
  void whoDoesNotReadIsCutOffAndHoldsAPlaceUntilThen() {
    put("ample", "v1");
    for (int i = 0; i < 140; i++) {
      print("ample", "r", "x".repeat(60_000));
    }
    String dump = "GET /functions/ample/logs HTTP/1.1\r\nHost: x\r\n\r\n";
    String stream = "GET /functions/ample/logs?follow=true HTTP/1.1\r\nHost: x\r\n\r\n";
    try (RawClient dumping = RawClient.narrow(RestAssured.port).send(dump);
        RawClient following = RawClient.narrow(RestAssured.port).send(stream)) {
      assertThat(dumping.readLine()).contains("200");
      assertThat(following.readLine()).contains("200");
      given()
          .get("/functions/ample/logs")
          .then()
          .statusCode(429)
          .body("reason", equalTo("log-readers"));
      await("they are cut off", () -> given().get("/functions/ample/logs").statusCode() == 200);
    }
  }

  @Test
  void aRemovedFunctionsStreamsEnd() {
    put("removed", "v1");
    try (RawClient client = follow("removed", "")) {
      assertThat(client.readLine()).contains("200");
      given().delete("/functions/removed").then().statusCode(204);
      client.readUntil("0"); // the last chunk
    }
  }
}
