package dev.kiln.pool;

import dev.kiln.contract.Answer;
import dev.kiln.contract.Deadline;
import dev.kiln.contract.Invocation;
import dev.kiln.contract.InvocationException;
import dev.kiln.contract.StartType;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Calls functions as the gateway does, and waits for what comes of it. */
final class TestingCaller {

  private final Pool pool;
  private final EventLoop loop;
  private final AtomicInteger requests = new AtomicInteger();

  TestingCaller(Pool pool, EventLoop loop) {
    this.pool = pool;
    this.loop = loop;
  }

  /**
   * What came of a call.
   *
   * @param text the answer's JSON
   */
  record Result(StartType startType, String text, String requestId, long initMicros) {}

  /** Calls and returns the answer; throws the {@link InvocationException} that came instead. */
  Result call(Version version, String event) {
    return join(start(version, event));
  }

  /** Calls and returns why there is no answer. */
  InvocationException fail(Version version, String event) {
    try {
      Result result = call(version, event);
      throw new AssertionError("it answered " + result);
    } catch (InvocationException e) {
      return e;
    }
  }

  /** Begins a call. */
  CompletableFuture<Result> start(Version version, String event) {
    Deadline deadline = Deadline.in(version.timeout());
    return lease(version, deadline).thenCompose(lease -> send(lease, deadline, event));
  }

  CompletableFuture<Lease> lease(Version version, Deadline deadline) {
    return pool.lease(version, deadline, loop).toCompletableFuture();
  }

  /** Sends over a lease, and closes it when it is over. */
  CompletableFuture<Result> send(Lease lease, Deadline deadline, String event) {
    String id = "request-" + requests.incrementAndGet();
    Invocation invocation =
        new Invocation(
            id,
            deadline,
            Unpooled.copiedBuffer(event, StandardCharsets.UTF_8),
            Optional.empty(),
            Optional.empty());
    CompletableFuture<Result> result = new CompletableFuture<>();
    loop.execute(
        () ->
            lease
                .send(invocation)
                .whenComplete(
                    (answer, error) -> {
                      Result got = answer == null ? null : take(lease, answer, id);
                      lease.close();
                      if (got == null) {
                        result.completeExceptionally(error);
                      } else {
                        result.complete(got);
                      }
                    }));
    return result;
  }

  private static Result take(Lease lease, Answer answer, String id) {
    String text = answer.body().toString(StandardCharsets.UTF_8);
    answer.body().release();
    return new Result(lease.startType(), text, id, answer.initMicros());
  }

  /** Waits; throws what the call failed with. */
  static <T> T join(CompletableFuture<T> future) {
    try {
      return future.orTimeout(60, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof InvocationException failure ? failure : e;
    }
  }

  /** Waits for a call that fails, and returns what with. */
  static InvocationException failure(CompletableFuture<?> call) {
    try {
      join(call);
    } catch (InvocationException e) {
      return e;
    }
    throw new AssertionError("it did not fail");
  }

  /** Waits until something holds, ten seconds at most. */
  static void await(String what, java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within ten seconds: " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(1);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
