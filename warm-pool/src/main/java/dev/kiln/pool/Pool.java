package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletionStage;

/** The sandboxes of one node. Thread-safe. */
public interface Pool extends AutoCloseable {

  /**
   * Leases a sandbox for one invocation of {@code version}, from the first of warm, prewarmed,
   * forked that has one. Completes on {@code loop}, or exceptionally with an {@link
   * dev.kiln.contract.InvocationException}.
   */
  CompletionStage<Lease> lease(Version version, Deadline deadline, EventLoop loop);

  /**
   * Makes ready what calls of this version will need, and keeps {@code version.minWarm()} sandboxes
   * of it from now on; the pool forgets a version only by {@link #retire}. Of a runtime that is not
   * here nothing is made: the calls are told.
   */
  void prepare(Version version);

  /**
   * Forgets a version: its idle sandboxes are destroyed now, its busy ones upon their release, its
   * target of warm ones is dropped. Waiting leases of it fail. Nothing is remembered of the key: a
   * later {@link #lease} of it starts afresh. That no call of it is under way or to come is the
   * caller's business.
   */
  void retire(String versionKey);

  /**
   * Compiles the code directory {@code code} into a bundle inside a sandbox of {@code runtime}.
   * Completes exceptionally where the runtime has no compiler or the sandbox failed.
   */
  CompletionStage<Compiled> compile(String runtime, String code, String handler, Deadline deadline);

  /**
   * A compilation's result.
   *
   * @param bundle bytes for {@link Version#bundle()}
   * @param warnings JSON array of {@code {file, line, message}}
   */
  record Compiled(byte[] bundle, String warnings) {}

  /** Returns a picture of the pool, for {@code GET /pool} and metrics. */
  PoolSnapshot snapshot();

  /** Kills every sandbox. */
  @Override
  void close();
}
