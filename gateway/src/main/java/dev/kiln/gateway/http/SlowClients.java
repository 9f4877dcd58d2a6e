package dev.kiln.gateway.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;

/** Clients that do not take what they are sent. */
public final class SlowClients {

  private SlowClients() {}

  /**
   * Ends the connection of {@code request} and drops what was written but not taken. Vert.x' own
   * close, which stands in the way of the channel's, waits until the client has taken it.
   */
  public static void cutOff(HttpServerRequest request) {
    ((ConnectionBase) request.connection()).channelHandlerContext().close();
  }
}
