package dev.kiln.gateway.http;

import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a call into memory, without copying it. Both limits hold while bytes come in:
 * the event's own, and the node's for all events together.
 */
public final class EventReader {

  private final long maxBytes;
  private final ByteBudget budget;

  /** Creates it for events of at most {@code maxBytes}. */
  public EventReader(long maxBytes, ByteBudget budget) {
    this.maxBytes = maxBytes;
    this.budget = budget;
  }

  /**
   * Reads the body of {@code request} and calls one of the two, once, on its event loop; neither if
   * the caller hangs up before the end.
   */
  public void read(
      HttpServerRequest request, Consumer<Event> received, Consumer<ProblemException> refused) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length != null && length.length() > String.valueOf(maxBytes).length()
        || declares(length) > maxBytes) {
      RequestBodies.discard(request);
      refused.accept(tooLarge());
      return;
    }
    RequestBodies.sendContinue(request);
    Reading reading = new Reading(request, received, refused);
    request.handler(reading::add);
    request.endHandler(end -> reading.finish());
    request.exceptionHandler(failure -> reading.drop());
  }

  private static long declares(@Nullable String length) {
    return length == null ? 0 : Long.parseLong(length);
  }

  private ProblemException tooLarge() {
    return ProblemException.of(
        ProblemCode.BODY_TOO_LARGE,
        "An event has at most " + maxBytes + " bytes (kiln.invocation.max-event-bytes)");
  }

  private final class Reading {
    private final HttpServerRequest request;
    private final Consumer<Event> received;
    private final Consumer<ProblemException> refused;
    private final Event.Share share = new Event.Share(budget);
    private @Nullable ByteBuf first;
    private @Nullable CompositeByteBuf all;
    private long bytes;

    Reading(
        HttpServerRequest request, Consumer<Event> received, Consumer<ProblemException> refused) {
      this.request = request;
      this.received = received;
      this.refused = refused;
    }

    void add(Buffer chunk) {
      ByteBuf content = NettyBuffers.of(chunk);
      bytes += content.readableBytes();
      if (bytes > maxBytes) {
        refuse(tooLarge());
      } else if (!share.grow(content.readableBytes())) {
        refuse(
            ProblemException.overCapacity(
                "held-bytes", "This node holds as many bytes of events as it may"));
      } else {
        append(content);
      }
    }

    private void append(ByteBuf content) {
      if (first == null) {
        first = content;
        return;
      }
      if (all == null) {
        all = Unpooled.compositeBuffer(Integer.MAX_VALUE).addComponent(true, first);
      }
      all.addComponent(true, content);
    }

    private void refuse(ProblemException problem) {
      RequestBodies.discard(request);
      drop();
      refused.accept(problem);
    }

    void finish() {
      ByteBuf content = all != null ? all : first != null ? first : Unpooled.EMPTY_BUFFER;
      received.accept(new Event(content, share));
    }

    void drop() {
      share.close();
      if (all != null) {
        all.release();
      } else if (first != null) {
        first.release();
      }
      all = null;
      first = null;
    }
  }
}
