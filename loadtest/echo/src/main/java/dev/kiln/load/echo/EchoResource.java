package dev.kiln.load.echo;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Answers with what it was sent, on the event loop: nothing but the REST stack itself. */
@Path("/echo")
public final class EchoResource {

  /** Returns {@code body}. */
  @POST
  @NonBlocking
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  public byte[] echo(byte[] body) {
    return body;
  }
}
