package dev.kiln.gateway.rest;

import dev.kiln.pool.Pool;
import dev.kiln.pool.PoolSnapshot;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The sandboxes of this node. */
@Path("/pool")
@Produces(MediaType.APPLICATION_JSON)
public final class PoolResource {

  private final Pool pool;

  PoolResource(Pool pool) {
    this.pool = pool;
  }

  /**
   * Shows stems by runtime, sandboxes by version and state, and how often each change of state
   * happened.
   */
  @GET
  @NonBlocking
  @Operation(summary = "Show the sandboxes of this node")
  public PoolSnapshot get(@Context UriInfo uri) {
    QueryParameters.allowOnly(uri, Set.of());
    return pool.snapshot();
  }
}
