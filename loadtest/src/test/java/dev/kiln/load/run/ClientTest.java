package dev.kiln.load.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.load.arrival.ConstantArrivals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ClientTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final GeneratorLoop loop = new GeneratorLoop();
  private final List<Long> latencyMillis = new ArrayList<>();
  private final List<Integer> statuses = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();

  private final Observer observer =
      new Observer() {
        @Override
        public void answered(Exchange exchange) {
          latencyMillis.add(exchange.latencyNanos() / 1_000_000);
          statuses.add(exchange.status());
        }

        @Override
        public void failed(int index, long dueNanos, Failure failure) {
          failures.add(failure);
        }
      };

  @AfterEach
  void stop() {
    loop.close();
  }

  /**
   * A server that answers at once but stands still for 2 s: of the calls that were due meanwhile,
   * one in 10 ms, the first waits 2 s, the last nearly nothing. At least 95 of them wait a second
   * or more, as in an open system. A generator that waits for answers before it sends on would
   * report one slow call for each connection.
   */
  @Test
  void aStallIsChargedToEveryCallThatItHeldUp() throws IOException, InterruptedException {
    AtomicLong stallEnd = new AtomicLong();
    try (TestingServer server =
            new TestingServer((request, out, connection) -> stall(request, stallEnd, out));
        Client client = Client.connect(loop, server.target(), 2, TIMEOUT)) {
      Request request = get(server.target());
      Run run =
          client.openLoop(
              ConstantArrivals.every(Duration.ofMillis(10)),
              Limit.calls(400),
              i -> request,
              observer);
      assertThat(run.calls()).isEqualTo(400);
      assertThat(failures).isEmpty();
      assertThat(latencyMillis.stream().filter(millis -> millis >= 1_000))
          .hasSizeGreaterThanOrEqualTo(95);
      assertThat(latencyMillis.stream().filter(millis -> millis >= 1_900))
          .hasSizeGreaterThanOrEqualTo(8);
      assertThat(latencyMillis.stream().filter(millis -> millis < 1_000)).isNotEmpty();
    }
  }

  @Test
  void theSameStallIsOneCallForEachConnectionInAClosedLoop()
      throws IOException, InterruptedException {
    AtomicLong stallEnd = new AtomicLong();
    try (TestingServer server =
            new TestingServer((request, out, connection) -> stall(request, stallEnd, out));
        Client client = Client.connect(loop, server.target(), 2, TIMEOUT)) {
      Request request = get(server.target());
      client.closedLoop(Limit.calls(400), i -> request, observer);
      assertThat(latencyMillis).hasSize(400);
      assertThat(latencyMillis.stream().filter(millis -> millis >= 1_000))
          .hasSizeLessThanOrEqualTo(2);
    }
  }

  private static void stall(int request, AtomicLong stallEnd, java.io.OutputStream out)
      throws IOException, InterruptedException {
    if (request == 100) {
      stallEnd.set(System.nanoTime() + Duration.ofSeconds(2).toNanos());
    }
    long left = stallEnd.get() - System.nanoTime();
    if (stallEnd.get() != 0 && left > 0) {
      Thread.sleep(left / 1_000_000 + 1);
    }
    TestingServer.ok(out);
  }

  @Test
  void anAnswerTimeIsAtLeastTheInjectedDelay() throws IOException, InterruptedException {
    try (TestingServer server =
            new TestingServer(
                (request, out, connection) -> {
                  Thread.sleep(request % 2 == 0 ? 0 : 50);
                  TestingServer.ok(out);
                });
        Client client = Client.connect(loop, server.target(), 1, TIMEOUT)) {
      Request request = get(server.target());
      client.openLoop(
          ConstantArrivals.every(Duration.ofMillis(100)), Limit.calls(10), i -> request, observer);
      assertThat(latencyMillis.stream().filter(millis -> millis >= 50))
          .hasSizeGreaterThanOrEqualTo(5);
    }
  }

  @Test
  void eachCallIsSentAtItsTimeAndNoneBefore() throws IOException, InterruptedException {
    List<Long> late = new ArrayList<>();
    try (TestingServer server =
            new TestingServer((request, out, connection) -> TestingServer.ok(out));
        Client client = Client.connect(loop, server.target(), 1, TIMEOUT)) {
      Request request = get(server.target());
      client.openLoop(
          ConstantArrivals.every(Duration.ofMillis(5)),
          Limit.calls(50),
          i -> request,
          new Observer() {
            @Override
            public void answered(Exchange exchange) {
              late.add(exchange.lateNanos());
            }

            @Override
            public void failed(int index, long dueNanos, Failure failure) {
              failures.add(failure);
            }
          });
    }
    assertThat(failures).isEmpty();
    assertThat(late).hasSize(50).allMatch(nanos -> nanos >= 0);
  }

  @Test
  void aRunEndsWithTheTimeThatItWasGiven() throws IOException, InterruptedException {
    try (TestingServer server =
            new TestingServer((request, out, connection) -> TestingServer.ok(out));
        Client client = Client.connect(loop, server.target(), 1, TIMEOUT)) {
      Request request = get(server.target());
      Run run =
          client.openLoop(
              ConstantArrivals.every(Duration.ofMillis(20)),
              Limit.lasting(Duration.ofMillis(210)),
              i -> request,
              observer);
      assertThat(run.calls()).isEqualTo(10);
      assertThat(run.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }
  }

  @Test
  void aConnectionThatTheServerClosesAfterAnAnswerIsReplaced()
      throws IOException, InterruptedException {
    byte[] closing =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    try (TestingServer server =
            new TestingServer(
                (request, out, connection) -> {
                  out.write(closing);
                  connection.close();
                });
        Client client = Client.connect(loop, server.target(), 2, TIMEOUT)) {
      Request request = get(server.target());
      client.closedLoop(Limit.calls(20), i -> request, observer);
      assertThat(statuses).hasSize(20).containsOnly(200);
      assertThat(server.connections()).isGreaterThanOrEqualTo(20);
    }
  }

  @Test
  void anAnswerThatBreaksOffIsALostConnectionAndTheRunGoesOn()
      throws IOException, InterruptedException {
    byte[] half =
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".getBytes(StandardCharsets.US_ASCII);
    try (TestingServer server =
            new TestingServer(
                (request, out, connection) -> {
                  if (request == 3) {
                    out.write(half);
                    connection.close();
                  } else {
                    TestingServer.ok(out);
                  }
                });
        Client client = Client.connect(loop, server.target(), 1, TIMEOUT)) {
      Request request = get(server.target());
      client.closedLoop(Limit.calls(10), i -> request, observer);
      assertThat(failures).containsExactly(Failure.CONNECTION_LOST);
      assertThat(statuses).hasSize(9);
    }
  }

  @Test
  void aCallWithoutAnswerTimesOutAndItsLateAnswerReachesNobody()
      throws IOException, InterruptedException {
    try (TestingServer server =
            new TestingServer(
                (request, out, connection) -> {
                  Thread.sleep(request == 0 ? 1_500 : 0);
                  TestingServer.ok(out);
                });
        Client client = Client.connect(loop, server.target(), 1, Duration.ofMillis(300))) {
      Request request = get(server.target());
      client.closedLoop(Limit.calls(5), i -> request, observer);
      assertThat(failures).containsExactly(Failure.TIMED_OUT);
      assertThat(statuses).hasSize(4);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void whatIsNotHttpIsAMalformedAnswer() throws IOException, InterruptedException {
    byte[] other = "220 mail.example ESMTP\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    try (TestingServer server = new TestingServer((request, out, connection) -> out.write(other));
        Client client = Client.connect(loop, server.target(), 1, TIMEOUT)) {
      Request request = get(server.target());
      client.closedLoop(Limit.calls(2), i -> request, observer);
      assertThat(failures).containsExactly(Failure.MALFORMED_ANSWER, Failure.MALFORMED_ANSWER);
    }
  }

  @Test
  void theGeneratorMeetsTheReflector() throws InterruptedException {
    try (Reflector reflector = new Reflector();
        Client client = Client.connect(loop, reflector.target(), 4, TIMEOUT)) {
      Request request = Request.postJson(reflector.target(), "/", "{}");
      Run run = client.closedLoop(Limit.calls(2_000), i -> request, observer);
      assertThat(statuses).hasSize(2_000).containsOnly(200);
      assertThat(run.generatorCpu()).isPositive();
    }
  }

  private static Request get(Target target) {
    return Request.of(target, "GET", "/", Map.of(), new byte[0]);
  }
}
