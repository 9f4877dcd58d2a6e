package dev.kiln.gateway;

import dev.kiln.gateway.deploy.ConfigurationReader;
import dev.kiln.gateway.deploy.DeploymentQueue;
import dev.kiln.gateway.deploy.Deployments;
import dev.kiln.gateway.deploy.UploadDirectory;
import dev.kiln.gateway.function.FunctionService;
import dev.kiln.gateway.http.ByteBudget;
import dev.kiln.gateway.http.EventReader;
import dev.kiln.gateway.http.RequestCheck;
import dev.kiln.gateway.invoke.InvocationPath;
import dev.kiln.gateway.invoke.LiveFunctions;
import dev.kiln.gateway.log.FunctionLogs;
import dev.kiln.gateway.rest.DeploymentRoute;
import dev.kiln.gateway.rest.FunctionDocuments;
import dev.kiln.gateway.rest.InvocationRoute;
import dev.kiln.gateway.rest.LogRoute;
import dev.kiln.gateway.rest.NativeRoutes;
import dev.kiln.gateway.rest.UploadReader;
import dev.kiln.gateway.url.FunctionUrlRoute;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;

/** The gateway's front doors, made of the parts that {@link Wiring} makes. */
final class HttpWiring {

  HttpWiring() {}

  @Produces
  @Singleton
  static ByteBudget heldBytes(KilnConfig config) {
    return new ByteBudget(config.invocation().maxHeldBytes());
  }

  @Produces
  @Singleton
  static RequestCheck requestCheck(KilnConfig config, ByteBudget budget) {
    return new RequestCheck(budget, config.invocation().sendTimeout());
  }

  @Produces
  @Singleton
  static EventReader eventReader(KilnConfig config, ByteBudget budget) {
    return new EventReader(
        config.invocation().maxEventBytes(), config.invocation().receiveTimeout(), budget);
  }

  @Produces
  @Singleton
  static FunctionDocuments documents(KilnConfig config) {
    return new FunctionDocuments(config.region());
  }

  @Produces
  @Singleton
  static DeploymentRoute deploymentRoute(
      KilnConfig config,
      Vertx vertx,
      ConfigurationReader configurations,
      Deployments deployments,
      DeploymentQueue queue,
      FunctionDocuments documents)
      throws IOException {
    Path uploads = UploadDirectory.open(config.state());
    UploadReader reading = new UploadReader(vertx, uploads, config.deployment().maxUploadBytes());
    return new DeploymentRoute(
        vertx,
        reading,
        configurations,
        deployments,
        queue,
        documents,
        config.deployment().uploadTimeout());
  }

  @Produces
  @Singleton
  static NativeRoutes nativeRoutes(
      KilnConfig config,
      Vertx vertx,
      EventReader reader,
      InvocationPath path,
      DeploymentRoute deployment,
      FunctionService functions,
      FunctionLogs logs) {
    return new NativeRoutes(
        new InvocationRoute(reader, path),
        deployment,
        new LogRoute(
            vertx, functions, logs, config.log().readers(), config.invocation().sendTimeout()));
  }

  @Produces
  @Singleton
  static FunctionUrlRoute urlRoute(EventReader reader, LiveFunctions live, InvocationPath path) {
    return new FunctionUrlRoute(reader, live, path);
  }
}
