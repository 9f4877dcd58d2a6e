package dev.kiln.gateway.http;

import dev.kiln.contract.Answer;
import dev.kiln.gateway.invoke.Call;
import dev.kiln.gateway.invoke.Caller;
import dev.kiln.gateway.problem.ProblemException;
import io.netty.buffer.ByteBuf;
import io.vertx.core.http.HttpServerResponse;
import org.jboss.logging.Logger;

/**
 * Answers a call over HTTP. Gives the event's share of the node's budget back when the call ends,
 * and tells the call when its client hangs up.
 */
public abstract class HttpCaller implements Caller {

  private static final Logger LOG = Logger.getLogger(HttpCaller.class);

  private final HttpServerResponse response;
  private final Event.Share share;

  /** Creates it for a request whose event holds {@code share}. */
  protected HttpCaller(HttpServerResponse response, Event.Share share) {
    this.response = response;
    this.share = share;
  }

  /** Has {@code call} abandoned when the client hangs up before it is answered. */
  public final void follow(Call call) {
    response.closeHandler(closed -> call.abandon());
    response.exceptionHandler(failure -> {});
  }

  /** Writes the answer; its body is released afterwards. */
  protected abstract void respond(HttpServerResponse response, Call call, Answer answer);

  @Override
  public final void answered(Call call, Answer answer) {
    share.close();
    if (response.closed() || response.ended()) {
      answer.body().release();
      return;
    }
    try {
      respond(response, call, answer);
    } catch (RuntimeException e) {
      LOG.errorf(e, "The answer of call %s could not be written", call.requestId());
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
  protected static void end(HttpServerResponse response, ByteBuf body) {
    response.end(NettyBuffers.of(body)).onComplete(written -> body.release());
  }
}
