package dev.kiln.gateway;

import dev.kiln.contract.Answer;
import dev.kiln.contract.Deadline;
import dev.kiln.contract.Invocation;
import dev.kiln.contract.StartType;
import dev.kiln.pool.Lease;
import dev.kiln.pool.Pool;
import dev.kiln.pool.PoolSnapshot;
import dev.kiln.pool.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool without sandboxes: what a function answers is a piece of Java. Counts leases, and notes as
 * a mistake one that is used twice or closed on a foreign thread, and a version that is retired
 * while it is leased.
 */
final class TestingPool implements Pool {

  /** What a function does. */
  @FunctionalInterface
  interface Handler {
    /** Returns the answer's JSON, or fails. */
    CompletionStage<String> handle(Version version, String event);
  }

  final AtomicInteger open = new AtomicInteger();
  final AtomicInteger destroyed = new AtomicInteger();
  final AtomicInteger compiled = new AtomicInteger();
  final List<String> retired = new CopyOnWriteArrayList<>();
  final List<String> kept = new CopyOnWriteArrayList<>();
  final List<String> mistakes = new CopyOnWriteArrayList<>();
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final Map<String, Integer> leased = new ConcurrentHashMap<>();
  private final Set<String> leasedBefore = ConcurrentHashMap.newKeySet();
  private volatile String warnings = "[]";

  /** Lets the function called {@code name} do {@code handler}; others answer with their event. */
  void handle(String name, Handler handler) {
    handlers.put(name, handler);
  }

  /** Lets the calls of the function called {@code name} run until the test completes them. */
  Queue<CompletableFuture<String>> hold(String name) {
    Queue<CompletableFuture<String>> running = new ConcurrentLinkedQueue<>();
    handle(
        name,
        (version, event) -> {
          CompletableFuture<String> answer = new CompletableFuture<>();
          running.add(answer);
          return answer;
        });
    return running;
  }

  void warn(String json) {
    warnings = json;
  }

  @Override
  public CompletionStage<Lease> lease(Version version, Deadline deadline, EventLoop loop) {
    open.incrementAndGet();
    leased.merge(version.key(), 1, Integer::sum);
    StartType start = leasedBefore.add(version.key()) ? StartType.PREWARMED : StartType.WARM;
    return CompletableFuture.completedFuture(new TestingLease(version, start, loop));
  }

  @Override
  public void prepare(Version version) {
    kept.add(version.key());
  }

  @Override
  public void retire(String versionKey) {
    if (leased.getOrDefault(versionKey, 0) > 0) {
      mistakes.add("retired while it is leased: " + versionKey);
    }
    retired.add(versionKey);
  }

  @Override
  public CompletionStage<Compiled> compile(
      String runtime, String code, String handler, Deadline deadline) {
    compiled.incrementAndGet();
    return CompletableFuture.completedFuture(
        new Compiled(("bundle of " + code).getBytes(StandardCharsets.UTF_8), warnings));
  }

  @Override
  public PoolSnapshot snapshot() {
    return new PoolSnapshot(
        List.of(new PoolSnapshot.Runtime("python3.11", 8, 8, 16, true, true, 0, 0)),
        List.of(),
        Map.of(),
        64,
        open.get(),
        1 << 30,
        0);
  }

  @Override
  public void close() {}

  private final class TestingLease implements Lease {
    private final Version version;
    private final StartType start;
    private final EventLoop loop;
    private boolean sent;
    private boolean answered;
    private boolean closed;

    TestingLease(Version version, StartType start, EventLoop loop) {
      this.version = version;
      this.start = start;
      this.loop = loop;
    }

    @Override
    public StartType startType() {
      return start;
    }

    @Override
    public Map<String, Long> phases() {
      Map<String, Long> phases = new TreeMap<>(Map.of("attach", 31L));
      if (answered) {
        phases.put("handler", 17L);
      }
      return phases;
    }

    @Override
    public CompletionStage<Answer> send(Invocation invocation) {
      if (sent || closed) {
        mistakes.add("sent twice or after close: " + version.key());
      }
      sent = true;
      ByteBuf event = invocation.event();
      String text = event.toString(StandardCharsets.UTF_8);
      event.release();
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      handlers
          .getOrDefault(
              version.functionName(), (of, json) -> CompletableFuture.completedFuture(json))
          .handle(version, text)
          .whenComplete(
              (json, failure) ->
                  loop.execute(
                      () -> {
                        answered = failure == null;
                        if (failure == null) {
                          answer.complete(
                              new Answer(
                                  Unpooled.copiedBuffer(json, StandardCharsets.UTF_8), 0, 17));
                        } else {
                          answer.completeExceptionally(failure);
                        }
                      }));
      return answer;
    }

    @Override
    public void close() {
      if (!loop.inEventLoop()) {
        mistakes.add("closed outside of its event loop: " + version.key());
      }
      if (!closed) {
        closed = true;
        open.decrementAndGet();
        leased.merge(version.key(), -1, Integer::sum);
        if (sent && !answered) {
          destroyed.incrementAndGet();
        }
      }
    }
  }
}
