package dev.kiln.launcher;

import dev.kiln.linux.Errno;
import dev.kiln.linux.SocketMessage;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One question to the launcher and whoever waits for its answer.
 *
 * @param generation the sandbox's, 0 where the operation is not about a living one
 * @param body writes what follows the header into a zeroed message
 * @param answer reads a successful answer and takes its descriptors
 */
record Request<T>(
    Operation operation,
    int slot,
    int generation,
    Consumer<ByteBuffer> body,
    Function<SocketMessage, T> answer,
    CompletableFuture<T> stage) {

  static <T> Request<T> of(
      Operation operation, int slot, Consumer<ByteBuffer> body, Function<SocketMessage, T> answer) {
    return new Request<>(operation, slot, 0, body, answer, new CompletableFuture<>());
  }

  static <T> Request<T> of(
      Operation operation,
      SandboxId id,
      Consumer<ByteBuffer> body,
      Function<SocketMessage, T> answer) {
    return new Request<>(
        operation, id.slot(), id.generation(), body, answer, new CompletableFuture<>());
  }

  void put(ByteBuffer message, int sequence) {
    Messages.putHeader(message, operation, sequence, slot, generation);
    body.accept(message);
  }

  /** Completes the stage with what the launcher answered. */
  void complete(SocketMessage message) {
    int result = Messages.result(message.payload());
    if (result != 0) {
      fail(Step.textOf(Messages.step(message.payload())), new Errno(Math.abs(result)));
      return;
    }
    T value;
    try {
      value = answer.apply(message);
    } catch (IllegalArgumentException e) {
      stage.completeExceptionally(e);
      return;
    }
    stage.complete(value);
  }

  void fail(String step, Errno errno) {
    stage.completeExceptionally(new LauncherException(this.toString(), step, errno));
  }

  @Override
  public String toString() {
    return operation.name().toLowerCase(Locale.ROOT) + " slot " + slot;
  }
}
