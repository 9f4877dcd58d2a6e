package dev.kiln.gateway.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.gateway.deploy.Runtimes;
import dev.kiln.pool.Pool;
import dev.kiln.pool.PoolSnapshot;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** The runtimes that functions can be written for. */
@Path("/runtimes")
@Produces(MediaType.APPLICATION_JSON)
public final class RuntimeResource {

  private final Runtimes runtimes;
  private final Pool pool;

  RuntimeResource(Runtimes runtimes, Pool pool) {
    this.runtimes = runtimes;
    this.pool = pool;
  }

  /** Lists them as {@code {name, digest, unpackedBytes, contract, stemsReady, status}}. */
  @GET
  @NonBlocking
  @Operation(summary = "List the runtimes")
  public ArrayNode list(@Context UriInfo uri) {
    QueryParameters.allowOnly(uri, Set.of());
    Map<String, PoolSnapshot.Runtime> states =
        pool.snapshot().runtimes().stream()
            .collect(Collectors.toMap(PoolSnapshot.Runtime::name, state -> state));
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    runtimes.names().forEach(name -> all.add(document(name, states.get(name))));
    return all;
  }

  private ObjectNode document(String name, PoolSnapshot.@Nullable Runtime state) {
    ObjectNode document = JsonNodeFactory.instance.objectNode().put("name", name);
    runtimes
        .image(name)
        .ifPresentOrElse(
            image ->
                document
                    .put("digest", image.digest())
                    .put("unpackedBytes", image.unpackedBytes())
                    .put("contract", image.contract()),
            () -> document.putNull("digest").putNull("unpackedBytes").put("contract", "framed"));
    document.put("stemsReady", state == null ? 0 : state.stemsPlain() + state.stemsWarmed());
    document.put("status", status(state));
    return document;
  }

  private static String status(PoolSnapshot.@Nullable Runtime state) {
    if (state == null || !state.zygoteUp()) {
      return "down";
    }
    return state.ready() ? "ready" : "starting";
  }
}
