package dev.kiln.pool;

import static dev.kiln.pool.TestingCaller.await;

import dev.kiln.launcher.Exit;
import dev.kiln.log.LogLimits;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/**
 * Tests on a pool with real sockets and pipes, whose sandboxes are threads; each test has one of
 * its own.
 */
abstract class TestingWarmPool {

  static final int SLOTS = 8;
  static final int UNFINISHED_BYTES = 1 << 20;

  private final EventLoopGroup loops = new EpollEventLoopGroup(2);
  final List<String> lines = new CopyOnWriteArrayList<>();
  final TestingHost host = new TestingHost(SLOTS);
  final Engine engine = start();
  final TestingCaller caller = new TestingCaller(engine.pool(), loops.next());
  final Version version = TestingVersions.of("testing").concurrency(2).named("a");

  private Engine start() {
    PoolConfig config =
        new PoolConfig(
            2,
            SLOTS,
            1,
            2,
            1000,
            1L << 30,
            Duration.ofHours(1),
            0,
            2,
            20,
            Duration.ofSeconds(5),
            1,
            UNFINISHED_BYTES,
            64L << 20,
            1 << 20);
    return Engine.start(
        new EngineConfig(0, Path.of("/"), List.of("testing"), LogLimits.standard(), config),
        host,
        host,
        loops,
        (function, request, stream, line, dropped) -> lines.add(request.orElse("-") + " " + line));
  }

  @AfterEach
  void close() {
    engine.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  PoolSnapshot.Runtime runtime() {
    return engine.pool().snapshot().runtimes().get(0);
  }

  int busy() {
    return engine.pool().snapshot().versions().stream()
        .mapToInt(PoolSnapshot.VersionCount::busy)
        .sum();
  }

  void awaitStems(int count) {
    await(count + " stems", () -> runtime().stemsPlain() + runtime().stemsWarmed() >= count);
  }

  /** Takes every stem that there is away; with spawns held, no other comes. */
  void awaitNoStems() {
    await(
        "no stem",
        () -> {
          host.living().forEach(one -> host.end(one.id(), new Exit(9, 0, 0, 0)));
          return runtime().stemsPlain() + runtime().stemsWarmed() == 0 && host.living().isEmpty();
        });
  }
}
