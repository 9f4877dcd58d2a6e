package dev.kiln.gateway;

import dev.kiln.log.LogSink;
import io.netty.channel.EventLoopGroup;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Stands in for the engine where there is no launcher. */
@Alternative
@Priority(1)
@Singleton
final class TestingSandboxes implements Sandboxes {

  static final int SLOTS = 8;

  private final TestingPool pool = new TestingPool();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private volatile boolean ready = true;
  private @Nullable LogSink logs;

  @Override
  public void start(EventLoopGroup loops, LogSink sink) {
    logs = sink;
  }

  @Override
  public TestingPool pool() {
    return pool;
  }

  LogSink logs() {
    return Objects.requireNonNull(logs);
  }

  void setReady(boolean isReady) {
    ready = isReady;
  }

  @Override
  public int slots() {
    return SLOTS;
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public CompletionStage<Void> gone() {
    return gone;
  }

  @Override
  public void close() {}
}
