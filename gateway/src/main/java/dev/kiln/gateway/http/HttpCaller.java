package dev.kiln.gateway.http;

import dev.kiln.contract.Answer;
import dev.kiln.gateway.invoke.Call;
import dev.kiln.gateway.invoke.Caller;
import dev.kiln.gateway.problem.ProblemException;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Answers a call over HTTP, and tells the call when its client hangs up. The event's share of the
 * node's budget is given back when the call ends; the answer takes one until it is written. A
 * client that does not take an answer in time is cut off: what it holds counts against everybody
 * else.
 */
public abstract class HttpCaller implements Caller {

  private static final Logger LOG = Logger.getLogger(HttpCaller.class);

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Event.Share share;
  private final Duration timeout;

  /** Timers belong to it; an answer comes from the engine, outside of any context. */
  private final ContextInternal context = ContextInternal.current();

  /**
   * Creates it, on the connection's context, for a request whose event holds {@code share}; an
   * answer is taken within {@code timeout}.
   */
  protected HttpCaller(HttpServerRequest request, Event.Share share, Duration timeout) {
    this.request = request;
    this.response = request.response();
    this.share = share;
    this.timeout = timeout;
  }

  /** Has {@code call} abandoned when the client hangs up before it is answered. */
  public final void follow(Call call) {
    response.closeHandler(closed -> call.abandon());
    response.exceptionHandler(failure -> {});
  }

  /** Writes the answer and releases its body; completes once all is written. */
  protected abstract Future<Void> respond(HttpServerResponse response, Call call, Answer answer);

  @Override
  public final void answered(Call call, Answer answer) {
    share.close();
    int bytes = answer.body().readableBytes();
    if (response.closed() || response.ended()) {
      answer.body().release();
    } else if (share.grow(bytes)) {
      write(call, answer);
    } else {
      answer.body().release();
      failed(
          call,
          ProblemException.overCapacity(
              "held-bytes", "The function answered, but this node holds as many bytes as it may"));
    }
  }

  private void write(Call call, Answer answer) {
    try {
      Future<Void> written = respond(response, call, answer).onComplete(done -> share.close());
      if (!written.isComplete()) { // most answers fit into the socket's buffer: those need no timer
        cutOffUnless(written);
      }
    } catch (RuntimeException e) {
      LOG.errorf(e, "The answer of call %s could not be written", call.requestId());
      share.close();
      ProblemDocuments.send(response, call.requestId(), ProblemDocuments.internal());
    }
  }

  private void cutOffUnless(Future<Void> written) {
    long timer = context.setTimer(timeout.toMillis(), late -> SlowClients.cutOff(request));
    written.onComplete(done -> context.owner().cancelTimer(timer));
  }

  @Override
  public final void failed(Call call, ProblemException problem) {
    share.close();
    if (!response.closed() && !response.ended()) {
      InvocationHeaders.put(response, call);
      ProblemDocuments.send(response, call.requestId(), problem);
    }
  }

  /** Ends {@code response} with {@code body} as it is, and releases it once it is written. */
  protected static Future<Void> end(HttpServerResponse response, ByteBuf body) {
    return response.end(NettyBuffers.of(body)).onComplete(written -> body.release());
  }
}
