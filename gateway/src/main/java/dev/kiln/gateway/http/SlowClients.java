package dev.kiln.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpServerRequest;

/** Clients that do not take what they are sent. */
public final class SlowClients {

  private SlowClients() {}

  /** Ends the connection of {@code request} and drops what was written but not taken. */
  public static void cutOff(HttpServerRequest request) {
    cutOff(RequestCheck.context(request));
  }

  /**
   * Ends the connection of {@code handler}, which is Vert.x' own or stands before it. A close of
   * the whole channel would pass Vert.x' handler, which waits until the client has taken all.
   */
  static void cutOff(ChannelHandlerContext handler) {
    handler.close();
  }
}
