package dev.kiln.gateway;

import dev.kiln.gateway.admission.Admission;
import dev.kiln.gateway.admission.AdmissionLimits;
import dev.kiln.gateway.deploy.Bundles;
import dev.kiln.gateway.deploy.ConfigurationLimits;
import dev.kiln.gateway.deploy.ConfigurationReader;
import dev.kiln.gateway.deploy.DeploymentQueue;
import dev.kiln.gateway.deploy.Deployments;
import dev.kiln.gateway.deploy.Runtimes;
import dev.kiln.gateway.function.FunctionService;
import dev.kiln.gateway.function.FunctionStore;
import dev.kiln.gateway.invoke.InvocationListener;
import dev.kiln.gateway.invoke.InvocationPath;
import dev.kiln.gateway.invoke.LiveFunctions;
import dev.kiln.gateway.invoke.VersionFactory;
import dev.kiln.gateway.invoke.VersionSettings;
import dev.kiln.gateway.log.FunctionLogs;
import dev.kiln.gateway.redis.RedisFunctionStore;
import dev.kiln.gateway.redis.RedisSettings;
import dev.kiln.image.archive.ArchiveLimits;
import dev.kiln.image.code.BundleStore;
import dev.kiln.image.code.CodeStore;
import dev.kiln.pool.Pool;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Set;

/**
 * What the gateway consists of: each part is made here, once, of the parts that it needs. Making a
 * part starts nothing but the engine; {@link Gateway} does, in order.
 */
final class Wiring {

  Wiring() {}

  @Produces
  @Singleton
  static FunctionLogs logs(KilnConfig config) {
    return new FunctionLogs(config.log().bytesPerFunction(), config.log().bytes());
  }

  @Produces
  @Singleton
  static Pool pool(Sandboxes sandboxes, Vertx vertx, FunctionLogs logs) {
    sandboxes.start(((VertxInternal) vertx).getEventLoopGroup(), logs);
    return sandboxes.pool();
  }

  @Produces
  @Singleton
  static FunctionStore store(KilnConfig config) {
    KilnConfig.Redis redis = config.redis();
    return new RedisFunctionStore(
        new RedisSettings(redis.url(), redis.user(), redis.password(), redis.timeout()));
  }

  @Produces
  @Singleton
  static CodeStore codes(KilnConfig config) throws IOException {
    KilnConfig.Deployment deployment = config.deployment();
    return CodeStore.open(
        config.state(),
        ArchiveLimits.ofFunctionCode(deployment.maxUnpackedBytes(), deployment.maxEntries()));
  }

  @Produces
  @Singleton
  static Runtimes runtimes(KilnConfig config) throws IOException {
    return Runtimes.read(config.runtimes(), config.images());
  }

  @Produces
  @Singleton
  static Bundles bundles(KilnConfig config, Pool pool, Runtimes runtimes) throws IOException {
    KilnConfig.Deployment deployment = config.deployment();
    return new Bundles(
        BundleStore.open(config.state()),
        pool,
        runtimes,
        deployment.compileTimeout(),
        deployment.maxBundleBytes());
  }

  @Produces
  @Singleton
  static LiveFunctions liveFunctions(KilnConfig config, Pool pool, Bundles bundles) {
    KilnConfig.Function function = config.function();
    VersionSettings settings =
        new VersionSettings(
            config.region(),
            function.megabytesPerCpu(),
            function.minCpuMillis(),
            function.processes(),
            config.invocation().maxAnswerBytes(),
            function.maxConcurrency());
    return new LiveFunctions(
        new VersionFactory(settings, bundles::find), pool, config.deployment().grace());
  }

  @Produces
  @Singleton
  static FunctionService functions(FunctionStore store, LiveFunctions live, FunctionLogs logs) {
    return new FunctionService(
        store,
        (id, function) -> {
          if (function.isPresent()) {
            logs.begin(id);
            return live.changed(id, function);
          }
          return live.changed(id, function).thenRun(() -> logs.forget(id));
        });
  }

  @Produces
  @Singleton
  static Deployments deployments(
      KilnConfig config, FunctionService functions, CodeStore codes, Bundles bundles) {
    return new Deployments(functions, codes, bundles, config.deployment().versionsKept());
  }

  @Produces
  @Singleton
  static DeploymentQueue deploymentQueue(KilnConfig config) {
    return new DeploymentQueue(config.deployment().atOnce(), config.deployment().waiting());
  }

  @Produces
  @Singleton
  static ConfigurationReader configurations(KilnConfig config) {
    KilnConfig.Function function = config.function();
    return new ConfigurationReader(
        new ConfigurationLimits(
            Set.copyOf(config.runtimes()),
            function.defaultConcurrency(),
            function.maxConcurrency(),
            function.maxMinWarm()));
  }

  @Produces
  @Singleton
  static Admission admission(KilnConfig config, Sandboxes sandboxes, Pool pool) {
    KilnConfig.Admission limits = config.admission();
    return new Admission(
        new AdmissionLimits(
            limits.running().orElseGet(sandboxes::slots),
            limits.waitingPerFunction(),
            limits.waiting(),
            limits.waitingBytes(),
            limits.waitingTime()));
  }

  @Produces
  @Singleton
  static InvocationPath invocations(
      LiveFunctions live, Admission admission, Pool pool, InvocationListener listener) {
    return new InvocationPath(live, admission, pool, listener);
  }
}
