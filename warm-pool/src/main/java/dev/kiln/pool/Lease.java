package dev.kiln.pool;

import dev.kiln.contract.Answer;
import dev.kiln.contract.Invocation;
import dev.kiln.contract.StartType;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * The right to send one invocation to one sandbox. Closing gives the sandbox back, or destroys it
 * where it must not be used again; closing twice is harmless. Belongs to the event loop that asked
 * for it.
 */
public interface Lease extends AutoCloseable {

  /** Returns where the sandbox came from. */
  StartType startType();

  /**
   * Returns microseconds of each phase so far, in order: {@code lease}, {@code attach}, {@code
   * init}, ….
   */
  Map<String, Long> phases();

  /**
   * Sends the invocation and completes with the answer, on the lease's event loop, or exceptionally
   * with an {@link dev.kiln.contract.InvocationException}. When the deadline passes the sandbox is
   * killed. Once per lease.
   */
  CompletionStage<Answer> send(Invocation invocation);

  /**
   * Drains the logs of the invocation, then gives the sandbox back. Without an answer the sandbox
   * is destroyed.
   */
  @Override
  void close();
}
