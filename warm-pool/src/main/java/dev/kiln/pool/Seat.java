package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.StartType;
import dev.kiln.contract.framed.Conversation;
import dev.kiln.contract.framed.LoadFrame;
import dev.kiln.launcher.Exit;
import dev.kiln.log.LogSource;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Where one invocation runs: a whole sandbox, or a forked copy in one. Belongs to one lease, on its
 * event loop.
 */
interface Seat {

  Version version();

  StartType startType();

  /** Returns microseconds from the question to this seat's choice. */
  long leaseMicros();

  /**
   * Has the function's code brought here, if it is not: to be called when what needs it has been
   * sent.
   */
  void attach();

  /**
   * Completes, on any thread, when the function's code is here, with the microseconds that took, 0
   * where it was here before. Where it fails, as {@link Attachment#attach} does, nothing of the
   * function has run here.
   */
  CompletableFuture<Long> attached();

  Conversation conversation();

  LogSource logs();

  /** Returns what has to be sent before the invocation, if the function is not initialised here. */
  Optional<LoadFrame> load();

  /** Is told that the function is initialised here, and what that took. */
  void loaded(long initMicros);

  /** Ends whatever runs here. */
  void kill();

  /** Completes, on any thread, when what ran here has ended. */
  CompletionStage<Exit> exit();

  /** Tells whether what ended so, its message unread, may have ended before the message came. */
  boolean diedIdle(Exit exit);

  /** Gives the seat back; {@code reusable} if the next invocation may have it. Once. */
  void giveBack(boolean reusable);

  /** Asks for another seat for the same version; completes on {@code loop}. */
  CompletionStage<Seat> another(Deadline deadline, EventLoop loop);
}
