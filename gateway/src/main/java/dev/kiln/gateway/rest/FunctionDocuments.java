package dev.kiln.gateway.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.gateway.deploy.Deployment;
import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionConfiguration;
import dev.kiln.gateway.function.FunctionVersion;
import dev.kiln.gateway.function.Revision;
import java.util.Locale;

/**
 * Functions as the native interface shows them. Values of environment variables are shown only when
 * asked for.
 */
public final class FunctionDocuments {

  private final String region;

  /** Creates it; {@code region} is what ARNs name. */
  public FunctionDocuments(String region) {
    this.region = region;
  }

  /** Returns what a deployment made, with the compiler's warnings. */
  ObjectNode of(Deployment deployment) {
    ObjectNode document = of(deployment.function());
    document.set("warnings", deployment.warnings());
    return document;
  }

  /** Returns {@code function}'s latest version. */
  ObjectNode of(Function function) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    FunctionVersion latest = function.latest();
    Revision revision = latest.revision();
    document.put("name", function.id().name().value());
    document.put("arn", function.id().arn(region));
    document.put("version", latest.number());
    document.put("revision", revision.id());
    document.put("codeDigest", revision.code().hex());
    document.put("codeBytes", revision.codeBytes());
    put(document, revision.configuration());
    document.put("createdAt", function.createdAt().toString());
    document.put("updatedAt", function.updatedAt().toString());
    return document;
  }

  /**
   * Returns {@code function} with its versions, and the environment's values if {@code environment}
   * is asked for.
   */
  ObjectNode whole(Function function, boolean environment) {
    ObjectNode document = of(function);
    ArrayNode versions = document.putArray("versions");
    for (FunctionVersion version : function.versions()) {
      versions
          .addObject()
          .put("version", version.number())
          .put("revision", version.revision().id())
          .put("codeDigest", version.revision().code().hex())
          .put("createdAt", version.revision().createdAt().toString());
    }
    if (environment) {
      ObjectNode variables = document.putObject("environment");
      function.latest().revision().configuration().environment().forEach(variables::put);
    }
    return document;
  }

  private static void put(ObjectNode document, FunctionConfiguration configuration) {
    document.put("runtime", configuration.runtime());
    document.put("handler", configuration.handler());
    document.put("memory", configuration.memoryMegabytes());
    document.put("timeout", configuration.timeout().toSeconds());
    document.put("tmp", configuration.tmpMegabytes());
    document.put("isolation", configuration.isolation().name().toLowerCase(Locale.ROOT));
    document.put("concurrency", configuration.concurrency());
    document.put("minWarm", configuration.minWarm());
    document.put("eventFormat", configuration.eventFormat().label());
    ArrayNode names = document.putArray("environmentNames");
    configuration.environment().keySet().forEach(names::add);
  }
}
