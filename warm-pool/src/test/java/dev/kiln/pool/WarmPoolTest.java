package dev.kiln.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.kiln.contract.Answer;
import dev.kiln.contract.Deadline;
import dev.kiln.contract.Invocation;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfFunction;
import dev.kiln.contract.Isolation;
import dev.kiln.log.LogLimits;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pool with real sockets and sandboxes that are threads. */
class WarmPoolTest {

  private final EventLoopGroup loops = new EpollEventLoopGroup(2);
  private final EventLoop loop = loops.next();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final TestingHost host = new TestingHost(8);
  private final Engine engine =
      Engine.start(
          new EngineConfig(0, Path.of("/"), List.of("testing"), LogLimits.standard(), config()),
          host,
          host,
          loops,
          (function, request, stream, line, dropped) ->
              lines.add(request.orElse("-") + " " + line));

  private static PoolConfig config() {
    return new PoolConfig(
        2,
        4,
        1,
        2,
        1000,
        1L << 30,
        Duration.ofHours(1),
        0,
        2,
        4,
        Duration.ofSeconds(5),
        1,
        64L << 20,
        1 << 20);
  }

  @AfterEach
  void close() {
    engine.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void servesTheFirstCallFromAStemAndTheNextFromTheSameSandbox() {
    awaitStems(2);
    Version version = version("a", Isolation.REUSE);
    assertThat(call(version, "\"hello\"")).isEqualTo("PREWARMED \"hello\"");
    assertThat(call(version, "\"again\"")).isEqualTo("WARM \"again\"");
    assertThat(host.log.stream().filter(line -> line.startsWith("attach"))).hasSize(1);
  }

  @Test
  void namesTheExitStatusOfASandboxThatExits() {
    Throwable error = catchThrowable(() -> call(version("a", Isolation.REUSE), "\"exit:3\""));
    assertThat(error.getCause())
        .isInstanceOfSatisfying(
            OfFunction.class,
            failed -> {
              assertThat(failed.fault()).isEqualTo(Fault.EXITED);
              assertThat(failed.errorType()).isEqualTo("Runtime.ExitError");
              assertThat(failed)
                  .hasMessage("RequestId: r Error: Runtime exited with error: exit status 3");
            });
  }

  private void awaitStems(int count) {
    await(() -> stems() >= count);
  }

  private int stems() {
    PoolSnapshot.Runtime runtime = engine.pool().snapshot().runtimes().get(0);
    return runtime.stemsPlain() + runtime.stemsWarmed();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline of the wait").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private String call(Version version, String event) {
    Deadline deadline = Deadline.in(version.timeout());
    Lease lease = engine.pool().lease(version, deadline, loop).toCompletableFuture().join();
    try {
      Answer answer = send(lease, deadline, event);
      String text = answer.body().toString(StandardCharsets.UTF_8);
      answer.body().release();
      return lease.startType() + " " + text;
    } finally {
      loop.submit(lease::close).syncUninterruptibly();
    }
  }

  private Answer send(Lease lease, Deadline deadline, String event) throws CompletionException {
    Invocation invocation =
        new Invocation(
            "r",
            deadline,
            Unpooled.copiedBuffer(event, StandardCharsets.UTF_8),
            Optional.empty(),
            Optional.empty());
    return loop.submit(() -> lease.send(invocation))
        .syncUninterruptibly()
        .getNow()
        .toCompletableFuture()
        .join();
  }

  private static Version version(String name, Isolation isolation) {
    return new Version(
        "000000000000/" + name + ":1",
        name,
        "1",
        "arn",
        "testing",
        "app.handler",
        "0".repeat(64),
        Optional.empty(),
        new byte[] {1},
        Map.of("A", "b"),
        128L << 20,
        0,
        64,
        16L << 20,
        Duration.ofSeconds(3),
        1 << 20,
        isolation,
        2,
        0);
  }
}
