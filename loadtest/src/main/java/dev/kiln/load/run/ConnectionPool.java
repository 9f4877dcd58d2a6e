package dev.kiln.load.run;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of connections and the calls that wait for one. A call waits, it is never dropped:
 * its latency counts from when it was due, so a server that stalls is charged for every call that
 * the stall held up. Connections are taken in turn. Everything but opening and closing happens on
 * the event loop.
 */
final class ConnectionPool implements AutoCloseable {

  private static final long SWEEP_MILLIS = 100;
  private static final long RECONNECT_MILLIS = 20;

  private final GeneratorLoop loop;
  private final Bootstrap bootstrap;
  private final long timeoutNanos;
  private final List<Connection> connections = new ArrayList<>();
  private final ArrayDeque<Connection> free = new ArrayDeque<>();
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private final ScheduledFuture<?> sweep;
  private @Nullable Observer observer;
  private boolean closed;

  ConnectionPool(GeneratorLoop loop, Target target, Duration timeout) {
    this.loop = loop;
    this.timeoutNanos = timeout.toNanos();
    this.bootstrap =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress(target.address());
    this.sweep =
        loop.eventLoop()
            .scheduleAtFixedRate(
                this::giveUpLate, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Opens {@code count} connections and waits until they are open. */
  void open(int count) {
    for (int i = 0; i < count; i++) {
      Connection connection = new Connection(this);
      loop.eventLoop().submit(() -> connections.add(connection)).syncUninterruptibly();
      connection.open(bootstrap).syncUninterruptibly();
    }
  }

  int size() {
    return connections.size();
  }

  /**
   * Reports the ends of calls to {@code next} from now on; on the event loop, while no call is on
   * its way.
   */
  void observe(Observer next) {
    observer = next;
  }

  /** Sends a call as soon as a connection is free. */
  void submit(Call call) {
    Connection connection = waiting.isEmpty() ? free.poll() : null;
    if (connection == null) {
      waiting.add(call);
    } else {
      connection.send(call);
    }
  }

  void free(Connection connection) {
    Call next = waiting.poll();
    if (next == null) {
      free.add(connection);
    } else {
      connection.send(next);
    }
  }

  /** Opens another connection in the place of one that has ended. */
  void lost(Connection connection) {
    free.remove(connection);
    connections.remove(connection);
    if (!closed) {
      Connection next = new Connection(this);
      connections.add(next);
      next.open(bootstrap).addListener((ChannelFuture opening) -> retryIfRefused(opening, next));
    }
  }

  private void retryIfRefused(ChannelFuture opening, Connection connection) {
    if (!opening.isSuccess()) {
      loop.eventLoop().schedule(() -> lost(connection), RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  void answered(Exchange exchange) {
    if (observer != null) {
      observer.answered(exchange);
    }
  }

  void failed(Call call, Failure failure) {
    if (observer != null) {
      observer.failed(call.index, call.dueNanos, failure);
    }
  }

  /**
   * Fails the calls whose time is over. A sweep now and then costs less than a timer for each call.
   */
  private void giveUpLate() {
    long now = System.nanoTime();
    while (!waiting.isEmpty() && now - waiting.peek().dueNanos > timeoutNanos) {
      failed(waiting.remove(), Failure.TIMED_OUT);
    }
    for (Connection connection : List.copyOf(connections)) {
      Call call = connection.call();
      if (call != null && now - call.sentNanos > timeoutNanos) {
        connection.abandon(Failure.TIMED_OUT);
      }
    }
  }

  @Override
  public void close() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.eventLoop()
        .execute(
            () -> {
              closed = true;
              sweep.cancel(false);
              List.copyOf(connections).forEach(Connection::close);
              done.complete(null);
            });
    try {
      done.get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      throw new IllegalStateException("generator thread does not answer", e);
    }
  }
}
