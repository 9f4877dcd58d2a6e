package dev.kiln.gateway.http;

import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a call into memory, without copying it. Both limits hold while bytes come in:
 * the event's own, and the node's for all events together.
 */
public final class EventReader {

  private static final Logger LOG = Logger.getLogger(EventReader.class);
  private static final long UNKNOWN_LENGTH = -1;
  private static final int GROWTH = 2;

  private final long maxBytes;
  private final int maxDigits;
  private final Duration timeout;
  private final ByteBudget budget;

  /**
   * Creates it.
   *
   * @param maxBytes the largest event
   * @param timeout how long one may take to come in
   * @param budget what all events together may hold
   */
  public EventReader(long maxBytes, Duration timeout, ByteBudget budget) {
    this.maxBytes = maxBytes;
    this.maxDigits = String.valueOf(maxBytes).length();
    this.timeout = timeout;
    this.budget = budget;
  }

  /**
   * Reads the body of {@code request} and calls one of the two, once, on its event loop; neither if
   * the caller hangs up before the end.
   */
  public void read(
      HttpServerRequest request, Consumer<Event> received, Consumer<ProblemException> refused) {
    long declared = declared(request.getHeader(HttpHeaders.CONTENT_LENGTH));
    if (declared > maxBytes) {
      RequestBodies.discard(request);
      refused.accept(tooLarge());
      return;
    }
    RequestBodies.sendContinue(request);
    Reading reading = new Reading(request, received, refused, declared);
    request.handler(reading::add);
    request.endHandler(end -> reading.finish());
    request.exceptionHandler(failure -> reading.drop());
  }

  /** A length of more digits than the limit's is beyond it, and perhaps beyond a number as well. */
  private long declared(@Nullable String length) {
    if (length == null) {
      return UNKNOWN_LENGTH;
    }
    return length.length() > maxDigits ? Long.MAX_VALUE : Long.parseLong(length);
  }

  private ProblemException tooLarge() {
    return ProblemException.of(
        ProblemCode.BODY_TOO_LARGE,
        "An event has at most " + maxBytes + " bytes (kiln.invocation.max-event-bytes)");
  }

  static ProblemException tooMuchHeld() {
    return ProblemException.overCapacity(
        "held-bytes", "This node holds as many bytes of events as it may");
  }

  /**
   * Returns what takes an event that is made of one that was read, up to twice as large: base64
   * makes four bytes of three.
   */
  public EventOutput output(Event received) {
    return new EventOutput(
        received.share(),
        GROWTH * maxBytes,
        () ->
            ProblemException.of(
                ProblemCode.BODY_TOO_LARGE,
                "An event as JSON has at most twice the bytes of the largest body, "
                    + GROWTH * maxBytes
                    + " (kiln.invocation.max-event-bytes)"));
  }

  private ProblemException tooSlow() {
    return ProblemException.of(
        ProblemCode.BODY_TOO_SLOW,
        "An event has to be here within "
            + timeout.toMillis()
            + " ms (kiln.invocation.receive-timeout)");
  }

  private final class Reading {
    private static final long NO_TIMER = -1;

    private final HttpServerRequest request;
    private final Consumer<Event> received;
    private final Consumer<ProblemException> refused;
    private final long declared;
    private final Event.Share share = new Event.Share(budget);
    private @Nullable ByteBuf first;
    private @Nullable CompositeByteBuf all;
    private long bytes;
    private long timer = NO_TIMER;

    Reading(
        HttpServerRequest request,
        Consumer<Event> received,
        Consumer<ProblemException> refused,
        long declared) {
      this.request = request;
      this.received = received;
      this.refused = refused;
      this.declared = declared;
    }

    void add(Buffer chunk) {
      ByteBuf content = NettyBuffers.of(chunk);
      bytes += content.readableBytes();
      if (bytes > maxBytes) {
        refuse(tooLarge());
      } else if (!share.grow(content.readableBytes())) {
        refuse(tooMuchHeld());
      } else {
        append(content);
        startTimer();
      }
    }

    /**
     * Only what is held is limited in time, and most events come in one piece: those need no timer.
     */
    private void startTimer() {
      if (timer == NO_TIMER && bytes != declared) {
        timer = ContextInternal.current().setTimer(timeout.toMillis(), late -> refuse(tooSlow()));
      }
    }

    private void stopTimer() {
      if (timer != NO_TIMER) {
        ContextInternal.current().owner().cancelTimer(timer);
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
      stopTimer();
      ByteBuf content = all != null ? all : first != null ? first : Unpooled.EMPTY_BUFFER;
      forget();
      try {
        received.accept(new Event(content, share));
      } catch (RuntimeException e) {
        LOG.error("A request could not be handled", e);
        share.close();
        refused.accept(ProblemDocuments.internal());
      } catch (OutOfMemoryError e) { // of direct memory: the process goes on
        LOG.error("There was no memory to handle a request", e);
        share.close();
        refused.accept(tooMuchHeld());
      }
    }

    /**
     * The body is not wanted or will not come; after {@link #finish} there is nothing left to drop.
     */
    void drop() {
      stopTimer();
      if (all != null || first != null) {
        share.close();
        (all != null ? all : first).release();
        forget();
      }
    }

    private void forget() {
      all = null;
      first = null;
    }
  }
}
