package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static dev.kiln.gateway.Gateways.invoke;
import static dev.kiln.gateway.Gateways.put;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls that wait for their turn, and calls during a deployment of their function. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class CallsAtOnceTest extends CallingTest {

  @Test
  void beyondConcurrencyCallsWaitAndBeyondTheQueueTheyAreRefused() {
    put("narrow", "v1", "&concurrency=1");
    Queue<CompletableFuture<String>> running = sandboxes.pool().hold("narrow");
    List<CompletableFuture<Response>> calls = new ArrayList<>();
    calls.add(Gateways.begin("narrow"));
    await("the first runs", () -> running.size() == 1);
    calls.add(Gateways.begin("narrow"));
    calls.add(Gateways.begin("narrow"));
    await("two wait", () -> admission.waiting() == 2);
    invoke("narrow", "{}")
        .then()
        .statusCode(429)
        .body("code", equalTo("over-capacity"))
        .body("class", equalTo("capacity"))
        .body("reason", equalTo("function-concurrency"))
        .header("Retry-After", "1");
    for (int i = 0; i < calls.size(); i++) {
      await("the next runs", () -> !running.isEmpty());
      assertThat(running).hasSize(1);
      running.remove().complete("1");
    }
    calls.forEach(call -> call.join().then().statusCode(200));
  }

  @Test
  void aCallThatWaitsTooLongIsRefused() {
    put("slow", "v1", "&concurrency=1");
    Queue<CompletableFuture<String>> running = sandboxes.pool().hold("slow");
    CompletableFuture<Response> first = Gateways.begin("slow");
    await("the first runs", () -> running.size() == 1);
    invoke("slow", "{}").then().statusCode(429).body("reason", equalTo("queue-time"));
    running.remove().complete("1");
    first.join().then().statusCode(200);
  }

  @Test
  void aClientThatHangsUpInTheQueueMakesRoomAndOneThatRunsKeepsItsPlaceUntilItsEnd() {
    put("hangs", "v1", "&concurrency=1");
    Queue<CompletableFuture<String>> running = sandboxes.pool().hold("hangs");
    RawClient runs = new RawClient(RestAssured.port).post("/functions/hangs/invocations", "{}");
    await("the first runs", () -> running.size() == 1);
    RawClient waits = new RawClient(RestAssured.port).post("/functions/hangs/invocations", "{}");
    await("the second waits", () -> admission.waiting() == 1);
    waits.close();
    await("the second has left", () -> admission.waiting() == 0);
    runs.close();
    CompletableFuture<Response> next = Gateways.begin("hangs");
    await("the third waits", () -> admission.waiting() == 1);
    assertThat(running).hasSize(1);
    running.remove().complete("1");
    await("the third runs", () -> running.size() == 1);
    running.remove().complete("1");
    next.join().then().statusCode(200);
  }

  @Test
  void onceADeploymentHasAnsweredOldCodeDoesNot() {
    put("switch", "v1", "&concurrency=50");
    sandboxes.pool().handle("switch", (version, event) -> done(version.functionVersion()));
    Redeployments.run(
        12,
        version -> put("switch", "v" + version, "&concurrency=50"),
        () -> invoke("switch", "{}"));
  }

  @Test
  void aCallThatOutlivesTheGraceOfADeploymentIsEndedAndItsSandboxDestroyed() {
    put("stuck", "v1");
    Queue<CompletableFuture<String>> running = sandboxes.pool().hold("stuck");
    CompletableFuture<Response> old = Gateways.begin("stuck");
    await("the call runs", () -> running.size() == 1);
    int destroyed = sandboxes.pool().destroyed.get();
    put("stuck", "v2").then().statusCode(200).body("version", equalTo(2));
    assertThat(old).isDone();
    old.join().then().statusCode(503).body("code", equalTo("superseded"));
    assertThat(sandboxes.pool().destroyed.get()).isEqualTo(destroyed + 1);
    assertThat(sandboxes.pool().retired).anyMatch(key -> key.startsWith("000000000000/stuck:1"));
    running.remove().complete("\"late\"");
  }

  @Test
  void aCallThatWaitedDuringADeploymentRunsTheNewCode() {
    put("queued", "v1", "&concurrency=1");
    Queue<CompletableFuture<String>> running = sandboxes.pool().hold("queued");
    CompletableFuture<Response> first = Gateways.begin("queued");
    await("the first runs", () -> running.size() == 1);
    CompletableFuture<Response> second = Gateways.begin("queued");
    await("the second waits", () -> admission.waiting() == 1);
    CompletableFuture<Response> deployment =
        CompletableFuture.supplyAsync(() -> put("queued", "v2", "&concurrency=1"));
    await(
        "the new version is there",
        () -> given().get("/functions/queued").path("version").equals(2));
    running.remove().complete("1");
    first.join().then().statusCode(200).header("Kiln-Version", "1");
    await("the second runs", () -> running.size() == 1);
    running.remove().complete("1");
    second.join().then().statusCode(200).header("Kiln-Version", "2");
    deployment.join().then().statusCode(200);
  }
}
