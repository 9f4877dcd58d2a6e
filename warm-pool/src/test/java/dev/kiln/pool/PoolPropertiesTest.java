package dev.kiln.pool;

import static dev.kiln.pool.TestingCaller.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.contract.InvocationException;
import dev.kiln.contract.Isolation;
import dev.kiln.launcher.Exit;
import dev.kiln.log.LogLimits;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * The pool under whatever comes: calls that go well and badly, sandboxes that die, spawns that are
 * refused, versions that are removed. Whatever the order, every call ends, and when nothing is left
 * to do every slot is free or holds a stem.
 */
class PoolPropertiesTest {

  private static final int SLOTS = 5;
  private static final String[] EVENTS = {
    "\"ok\"",
    "\"sleep:3\"",
    "\"raise\"",
    "\"exit:1\"",
    "\"signal:11\"",
    "\"foreign\"",
    "\"twice\"",
    "\"hang\""
  };

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void endsEveryCallAndLosesNoSlot(
      @ForAll @Size(min = 5, max = 60) List<@IntRange(max = 511) Integer> happenings) {
    try (Play play = new Play()) {
      happenings.forEach(number -> play.happen(number & 7, number >> 3));
      play.settle();
    }
  }

  /** An engine, and the calls that were begun. */
  private static final class Play implements AutoCloseable {
    private final EventLoopGroup loops = new EpollEventLoopGroup(2);
    private final TestingHost host = new TestingHost(SLOTS);
    private final Engine engine =
        Engine.start(
            new EngineConfig(0, Path.of("/"), List.of("testing"), LogLimits.standard(), config()),
            host,
            host,
            loops,
            (function, request, stream, line, dropped) -> {});
    private final List<TestingCaller> callers =
        List.of(
            new TestingCaller(engine.pool(), loops.next()),
            new TestingCaller(engine.pool(), loops.next()));
    private final List<CompletableFuture<?>> calls = new ArrayList<>();

    private static PoolConfig config() {
      return new PoolConfig(
          1,
          2,
          1,
          2,
          1000,
          8L << 20,
          Duration.ofMillis(1),
          1,
          3,
          6,
          Duration.ofMillis(300),
          1,
          1 << 20,
          64L << 20,
          1 << 20);
    }

    void happen(int what, int which) {
      switch (what) {
        case 0, 1, 2, 3 -> call(which);
        case 4 -> kill(which);
        case 5 -> host.refuseSpawns = which % 3 == 0;
        case 6 -> engine.pool().retire(version(which).key());
        default -> pause();
      }
    }

    private void call(int which) {
      calls.add(
          callers.get(which & 1).start(version(which >> 1), EVENTS[(which >> 3) % EVENTS.length]));
    }

    private static Version version(int which) {
      return TestingVersions.of("testing")
          .isolation(which % 3 == 0 ? Isolation.FRESH : Isolation.REUSE)
          .concurrency(1 + which % 2)
          .minWarm(which % 4 == 1 ? 1 : 0)
          .timeout(Duration.ofMillis(200))
          .named("v" + which % 4);
    }

    private void kill(int which) {
      List<TestingHost.Living> living = host.living();
      if (!living.isEmpty()) {
        int status = which % 2 == 0 ? 9 : Exit.WITH_ZYGOTE;
        host.end(living.get(which % living.size()).id(), new Exit(status, 0, 0, 0));
      }
    }

    private static void pause() {
      try {
        TimeUnit.MILLISECONDS.sleep(2);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    void settle() {
      host.refuseSpawns = false;
      for (CompletableFuture<?> call : calls) {
        try {
          call.orTimeout(20, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
          assertThat(e.getCause()).isInstanceOf(InvocationException.class);
        }
      }
      for (int i = 0; i < 4; i++) {
        engine.pool().retire(version(i).key());
      }
      await("nothing but stems is left: " + engine.pool().snapshot(), this::onlyStems);
      Version last = TestingVersions.of("testing").named("last");
      assertThat(callers.get(0).call(last, "\"ok\"").text()).isEqualTo("\"ok\"");
    }

    private boolean onlyStems() {
      PoolSnapshot now = engine.pool().snapshot();
      PoolSnapshot.Runtime runtime = now.runtimes().get(0);
      int stems = runtime.stemsPlain() + runtime.stemsWarmed();
      return now.versions().isEmpty()
          && stems >= runtime.stemTarget()
          && now.slotsUsed() == stems
          && host.living().size() == stems;
    }

    @Override
    public void close() {
      engine.close();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }
}
