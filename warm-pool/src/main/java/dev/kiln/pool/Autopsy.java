package dev.kiln.pool;

import dev.kiln.contract.InvocationException;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.framed.ConversationException;
import dev.kiln.launcher.Exit;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why a conversation broke off. Where the answer did not come in time or is not allowed,
 * that is known at once; where the socket just closed, it takes the report of how the process
 * ended.
 *
 * @param version whose invocation it was
 * @param requestId the invocation's
 * @param timeout the time it was granted
 */
record Autopsy(Version version, String requestId, Duration timeout) {

  /** How long the report may take: the launcher first sees to it that nothing is left. */
  private static final long REPORT_SECONDS = 10;

  /** Completes on {@code loop}, the caller's, with what the invocation's caller is told. */
  CompletionStage<InvocationException> examine(
      ConversationException broken, CompletionStage<Exit> exit, EventLoop loop) {
    return switch (broken.end()) {
      case TIMED_OUT -> CompletableFuture.completedFuture(Ending.timedOut(timeout));
      case TOO_LARGE ->
          CompletableFuture.completedFuture(Ending.tooLarge(version.maxAnswerBytes()));
      case VIOLATION ->
          CompletableFuture.completedFuture(Ending.violation(String.valueOf(broken.getMessage())));
      case NO_ROOM ->
          CompletableFuture.completedFuture(Ending.noRoom(String.valueOf(broken.getMessage())));
      case ABANDONED, ENTER_FAILED ->
          CompletableFuture.completedFuture(
              new OfEngine("Kiln ended the sandbox during the invocation."));
      case UNREAD, CLOSED -> exit(exit, loop).thenApply(this::explain);
    };
  }

  /** Completes on {@code loop} with how it ended, if that is reported in time. */
  static CompletableFuture<Optional<Exit>> exit(CompletionStage<Exit> exit, EventLoop loop) {
    return exit.toCompletableFuture()
        .copy()
        .orTimeout(REPORT_SECONDS, TimeUnit.SECONDS)
        .handleAsync((how, error) -> Optional.ofNullable(how), loop);
  }

  /** Says what the end means for the invocation. */
  InvocationException explain(Optional<Exit> exit) {
    return exit.<InvocationException>map(how -> Ending.ofProcess(how, version, requestId))
        .orElseGet(() -> new OfEngine("The sandbox ended, and the launcher did not say how."));
  }

  /** Returns what a stage that depends on a failed one failed with. */
  static Throwable unwrapped(@Nullable Throwable error) {
    if (error instanceof CompletionException && error.getCause() != null) {
      return error.getCause();
    }
    return error == null ? new OfEngine("There is no result.") : error;
  }
}
