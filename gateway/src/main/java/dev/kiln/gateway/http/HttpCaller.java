package dev.kiln.gateway.http;

import dev.kiln.contract.Answer;
import dev.kiln.gateway.invoke.Call;
import dev.kiln.gateway.invoke.Caller;
import dev.kiln.gateway.problem.ProblemException;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jboss.logging.Logger;

/**
 * Answers a call over HTTP, and tells the call when its client hangs up. The event's share of the
 * node's budget is given back when the call ends; the answer takes one until it is written.
 */
public abstract class HttpCaller implements Caller {

  private static final Logger LOG = Logger.getLogger(HttpCaller.class);

  private final HttpServerResponse response;
  private final Event.Share share;

  /** Creates it for a request whose event holds {@code share}. */
  protected HttpCaller(HttpServerRequest request, Event.Share share) {
    this.response = request.response();
    this.share = share;
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
      respond(response, call, answer).onComplete(done -> share.close());
    } catch (RuntimeException e) {
      LOG.errorf(e, "The answer of call %s could not be written", call.requestId());
      share.close();
      ProblemDocuments.send(response, call.requestId(), ProblemDocuments.internal());
    }
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
