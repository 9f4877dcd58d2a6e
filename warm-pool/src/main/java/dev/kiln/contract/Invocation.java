package dev.kiln.contract;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * One call of a function.
 *
 * @param requestId the id that the caller, the log and the function see
 * @param deadline when it must have answered
 * @param event the event's JSON; the receiver releases it
 * @param traceId the caller's trace header
 * @param clientContext JSON of the caller's client context
 */
public record Invocation(
    String requestId,
    Deadline deadline,
    ByteBuf event,
    Optional<String> traceId,
    Optional<String> clientContext) {

  /** Returns the same invocation with another reference to its event. */
  public Invocation withEvent(ByteBuf other) {
    return new Invocation(requestId, deadline, other, traceId, clientContext);
  }
}
