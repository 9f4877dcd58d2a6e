package dev.kiln.gateway;

import static dev.kiln.gateway.Gateways.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Deploys a function again and again while clients call it, and sees that none is answered by code
 * that is older than what had been deployed when it called. The function answers with its version's
 * number.
 */
final class Redeployments {

  private static final int CLIENTS = 4;

  private final Supplier<Response> call;
  private final AtomicInteger deployed = new AtomicInteger(1);
  private final AtomicInteger answers = new AtomicInteger();
  private volatile boolean going = true;

  private Redeployments(Supplier<Response> call) {
    this.call = call;
  }

  /** Deploys the versions from 2 to {@code last}; the first one is there. */
  static void run(int last, IntFunction<Response> deploy, Supplier<Response> call) {
    Redeployments redeployments = new Redeployments(call);
    List<CompletableFuture<Void>> clients = redeployments.startClients();
    try {
      for (int version = 2; version <= last; version++) {
        deploy.apply(version).then().statusCode(200).body("version", equalTo(version));
        redeployments.isDeployed(version);
      }
    } finally {
      redeployments.going = false;
    }
    clients.forEach(CompletableFuture::join);
  }

  private List<CompletableFuture<Void>> startClients() {
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(CompletableFuture.runAsync(this::callOn, command -> new Thread(command).start()));
    }
    return clients;
  }

  private void callOn() {
    while (going) {
      int before = deployed.get();
      Response response = call.get();
      assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
      assertThat(Integer.parseInt(response.asString())).isGreaterThanOrEqualTo(before);
      answers.incrementAndGet();
    }
  }

  private void isDeployed(int version) {
    deployed.set(version);
    int seen = answers.get();
    await("calls go on", () -> answers.get() > seen + CLIENTS);
  }
}
