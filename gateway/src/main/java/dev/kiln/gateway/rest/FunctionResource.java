package dev.kiln.gateway.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.gateway.deploy.Deployments;
import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.function.FunctionService;
import dev.kiln.gateway.http.PathSegments;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The functions that there are. PUT, PATCH, invocations and logs stream and are routes of their
 * own.
 */
@Path("/functions")
@Produces(MediaType.APPLICATION_JSON)
public final class FunctionResource {

  private static final String ENVIRONMENT = "environment";

  private final FunctionService functions;
  private final Deployments deployments;
  private final FunctionDocuments documents;

  FunctionResource(
      FunctionService functions, Deployments deployments, FunctionDocuments documents) {
    this.functions = functions;
    this.deployments = deployments;
    this.documents = documents;
  }

  /** Lists all functions, by name. */
  @GET
  @NonBlocking
  @Operation(summary = "List the functions")
  public ArrayNode list(@Context UriInfo uri) {
    QueryParameters.allowOnly(uri, Set.of());
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    functions.list().forEach(function -> all.add(documents.of(function)));
    return all;
  }

  /** Shows one function, with {@code environment=true} its variables' values too. */
  @GET
  @Path("/{name}")
  @NonBlocking
  @Operation(summary = "Show a function")
  public ObjectNode get(@PathParam("name") String name, @Context UriInfo uri) {
    QueryParameters.allowOnly(uri, Set.of(ENVIRONMENT));
    FunctionId id = PathSegments.function(name);
    Function function =
        functions
            .find(id)
            .orElseThrow(
                () ->
                    ProblemException.of(
                        ProblemCode.FUNCTION_NOT_FOUND, "There is no function " + name));
    return documents.whole(function, QueryParameters.isTrue(uri, ENVIRONMENT));
  }

  /** Removes a function: once this has answered, it does not. */
  @DELETE
  @Path("/{name}")
  @Blocking
  @Operation(summary = "Remove a function")
  public void delete(@PathParam("name") String name, @Context UriInfo uri) {
    QueryParameters.allowOnly(uri, Set.of());
    deployments.delete(PathSegments.function(name));
    deployments.collectGarbage();
  }
}
