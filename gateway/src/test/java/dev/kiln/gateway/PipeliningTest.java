package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static dev.kiln.gateway.Gateways.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that send requests without waiting for the answers to earlier ones. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class PipeliningTest extends CallingTest {

  private static final int MOST = 64;
  private static final int REQUEST_BYTES = 4096;

  private Queue<CompletableFuture<String>> calls = new ArrayDeque<>();

  @AfterEach
  void completeCalls() {
    calls.forEach(call -> call.complete("1"));
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }

  /** Returns a client whose call runs until {@link #calls} are completed. */
  private RawClient callThatRuns(String name) {
    put(name, "v1");
    calls = sandboxes.pool().hold(name);
    RawClient client = new RawClient(RestAssured.port);
    client.post("/functions/" + name + "/invocations", "{}");
    await("the call runs", () -> calls.size() == 1);
    return client;
  }

  @Test
  void whatWaitsForItsTurnIsChargedAndAnsweredInOrder() {
    try (RawClient client = callThatRuns("first")) {
      for (int i = 1; i < MOST; i++) {
        client.send(get("/nothing/" + i));
      }
      await("they are charged", () -> held.held() > (MOST - 1) * REQUEST_BYTES);
      calls.element().complete("1");
      assertThat(client.readStatus()).isEqualTo(200);
      for (int i = 1; i < MOST; i++) {
        assertThat(client.readStatus()).isEqualTo(404);
      }
      await("nothing is charged", () -> held.held() == 0);
      client.send(get("/pool"));
      assertThat(client.readStatus()).isEqualTo(200);
    }
  }

  @Test
  void moreThanMayWaitEndTheConnection() {
    try (RawClient client = callThatRuns("crowded")) {
      client.send(get("/nothing").repeat(MOST));
      assertThat(client.hasEnded()).isTrue();
    }
  }

  /** The requests are small, their answers ten times as large; no more than a bound is kept. */
  @Test
  void whoNeverReadsErrorAnswersIsCutOff() {
    try (RawClient client = RawClient.narrow(RestAssured.port)) {
      String requests = get("/functions/a.b").repeat(10);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  client.send(requests);
                  Thread.sleep(0, 100_000);
                }
              })
          .isInstanceOf(UncheckedIOException.class);
    }
  }
}
