package dev.kiln.pool;

import dev.kiln.contract.InvocationException;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.framed.ConversationException;
import dev.kiln.launcher.Exit;
import dev.kiln.sandbox.Sandbox;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Finds out why a conversation broke off. Where the answer did not come in time or is not allowed,
 * that is known at once; where the socket just closed, it takes the launcher's report of how the
 * sandbox ended.
 *
 * @param version whose invocation it was
 * @param requestId the invocation's
 * @param timeout the time it was granted
 */
record Autopsy(Version version, String requestId, Duration timeout) {

  /**
   * How long a sandbox's end may take to be reported by the launcher, which first sees to it that
   * nothing is left.
   */
  private static final long REPORT_SECONDS = 10;

  /**
   * Kills the sandbox, if it still lives, and completes on {@code loop} with what the invocation's
   * caller is told.
   */
  CompletionStage<InvocationException> examine(
      Sandbox sandbox, ConversationException broken, EventLoop loop) {
    sandbox.kill();
    return switch (broken.end()) {
      case TIMED_OUT -> CompletableFuture.completedFuture(Ending.timedOut(timeout));
      case TOO_LARGE ->
          CompletableFuture.completedFuture(Ending.tooLarge(version.maxAnswerBytes()));
      case VIOLATION ->
          CompletableFuture.completedFuture(Ending.violation(String.valueOf(broken.getMessage())));
      case ABANDONED, ENTER_FAILED ->
          CompletableFuture.completedFuture(
              new OfEngine("Kiln ended the sandbox during the invocation."));
      case UNREAD, CLOSED -> exit(sandbox, loop).thenApply(this::explain);
    };
  }

  /** Completes on {@code loop} with how the sandbox ended, if the launcher says so in time. */
  static CompletableFuture<Optional<Exit>> exit(Sandbox sandbox, EventLoop loop) {
    return sandbox
        .exit()
        .toCompletableFuture()
        .copy()
        .orTimeout(REPORT_SECONDS, TimeUnit.SECONDS)
        .handleAsync((exit, error) -> Optional.ofNullable(exit), loop);
  }

  private InvocationException explain(Optional<Exit> exit) {
    return exit.<InvocationException>map(how -> Ending.ofProcess(how, version, requestId))
        .orElseGet(() -> new OfEngine("The sandbox ended, and the launcher did not say how."));
  }
}
