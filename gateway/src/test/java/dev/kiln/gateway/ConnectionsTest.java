package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** More clients at once than the gateway takes. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
final class ConnectionsTest {

  private static final String REQUEST = "GET /pool HTTP/1.1\r\nHost: x\r\n\r\n";

  private final List<RawClient> clients = new ArrayList<>();

  private RawClient connect() {
    RawClient client = new RawClient(RestAssured.port);
    clients.add(client);
    return client;
  }

  @AfterEach
  void disconnect() {
    clients.forEach(RawClient::close);
  }

  @Test
  void beyondTheBoundConnectionsEndAndTheOthersGoOn() {
    RawClient first = connect().send(REQUEST);
    assertThat(first.readStatus()).isEqualTo(200);
    for (int i = 1; i < GatewayResources.CONNECTIONS; i++) {
      connect(); // and says nothing
    }
    await("there is no room", this::isRefused);
    assertThat(clients).as("silent ones count").hasSizeLessThan(2 * GatewayResources.CONNECTIONS);
    assertThat(first.send(REQUEST).readStatus()).isEqualTo(200);
    disconnect();
    await("there is room", () -> !isRefused());
  }

  private boolean isRefused() {
    try {
      return connect().send(REQUEST).hasEnded();
    } catch (UncheckedIOException e) {
      return true;
    }
  }
}
