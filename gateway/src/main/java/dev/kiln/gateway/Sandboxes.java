package dev.kiln.gateway;

import dev.kiln.log.LogSink;
import dev.kiln.pool.Pool;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.CompletionStage;

/** What provides sandboxes: the engine, or in tests something that pretends. */
interface Sandboxes extends AutoCloseable {

  /** Starts; blocks until the launcher has answered. */
  void start(EventLoopGroup loops, LogSink logs);

  /** Returns the pool, once started. */
  Pool pool();

  /** Returns how many sandboxes there may be at once, once started. */
  int slots();

  /** Returns whether a stem of every runtime has answered and every zygote serves. */
  boolean isReady();

  /** Completes when sandboxes can no longer be had, for good. */
  CompletionStage<Void> gone();

  @Override
  void close();
}
