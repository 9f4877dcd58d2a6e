package dev.kiln.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PipelinedRequestsTest {

  private static final int BUDGET = 20 * PipelinedRequests.REQUEST_BYTES;
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final ByteBudget budget = new ByteBudget(BUDGET);

  private boolean taken = true;

  /** On a connection whose first request has come. */
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new Client(), new PipelinedRequests(budget, TIMEOUT));

  /** Takes what is flushed, or not. */
  private final class Client extends ChannelOutboundHandlerAdapter {
    @Override
    public void flush(ChannelHandlerContext context) {
      if (taken) {
        context.flush();
      }
    }
  }

  private void request(String path) {
    head(path);
    channel.pipeline().fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  private void head(String path) {
    channel
        .pipeline()
        .fireChannelRead(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path));
  }

  private static DefaultFullHttpResponse response(HttpResponseStatus status, int bytes) {
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(new byte[bytes]));
  }

  @Test
  void eachButTheFirstIsChargedUntilItsAnswerIsWritten() {
    assertThat(budget.held()).isZero();
    request("/12345");
    request("/");
    assertThat(budget.held()).isEqualTo(2 * PipelinedRequests.REQUEST_BYTES + 7);
    channel.writeOutbound(response(HttpResponseStatus.OK, 10));
    channel.writeOutbound(response(HttpResponseStatus.CONTINUE, 0));
    channel.writeOutbound(response(HttpResponseStatus.OK, 10));
    assertThat(budget.held()).isEqualTo(PipelinedRequests.REQUEST_BYTES + 1);
    channel.writeOutbound(response(HttpResponseStatus.OK, 10));
    assertThat(budget.held()).isZero();
    request("/");
    assertThat(budget.held()).as("one alone").isZero();
  }

  @Test
  void anAnswerThatNobodyTakesIsChargedWhereOthersWait() {
    request("/");
    taken = false;
    channel.writeAndFlush(response(HttpResponseStatus.OK, 500));
    assertThat(budget.held()).isEqualTo(PipelinedRequests.REQUEST_BYTES + 1 + 500);
    channel.close();
    assertThat(budget.held()).isZero();
  }

  @Test
  void whatTheNodeHasNoRoomForEndsTheConnection() {
    for (int i = 0; i < 19; i++) {
      request("/");
    }
    assertThat(channel.isActive()).isTrue();
    int passed = channel.inboundMessages().size();
    head("/" + "x".repeat(PipelinedRequests.REQUEST_BYTES));
    assertThat(channel.isActive()).isFalse();
    assertThat(channel.inboundMessages()).hasSize(passed);
    assertThat(budget.held()).isZero();
  }

  @Test
  void anAnswerThatTheNodeHasNoRoomForEndsTheConnection() {
    request("/");
    channel.writeAndFlush(response(HttpResponseStatus.OK, BUDGET));
    assertThat(channel.isActive()).isFalse();
    assertThat(budget.held()).isZero();
  }

  @Test
  void anAnswerThatIsNotTakenInTimeEndsTheConnection() {
    channel.freezeTime();
    taken = false;
    channel.writeAndFlush(response(HttpResponseStatus.OK, 500));
    channel.advanceTimeBy(TIMEOUT.toMillis() - 1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isActive()).isTrue();
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isActive()).isFalse();
  }
}
