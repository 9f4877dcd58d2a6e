package dev.kiln.gateway;

import dev.kiln.log.LogLimits;
import dev.kiln.log.LogSink;
import dev.kiln.pool.Engine;
import dev.kiln.pool.EngineConfig;
import dev.kiln.pool.Pool;
import dev.kiln.pool.PoolConfig;
import io.netty.channel.EventLoopGroup;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Sandboxes of the engine, which speaks to the launcher that started this process. */
@Singleton
final class EngineSandboxes implements Sandboxes {

  private static final String LAUNCHER_VARIABLE = "KILN_LAUNCHER_FD";
  private static final int LINE_BYTES = 64 * 1024;

  private final KilnConfig config;
  private @Nullable Engine engine;

  EngineSandboxes(KilnConfig config) {
    this.config = config;
  }

  @Override
  public void start(EventLoopGroup loops, LogSink logs) {
    LogLimits limits =
        new LogLimits(config.log().bytesPerSecond(), config.log().burstBytes(), LINE_BYTES);
    PoolConfig pool = PoolSizing.of(config.pool());
    engine =
        Engine.start(
            new EngineConfig(
                launcherDescriptor(), config.cgroup(), config.runtimes(), limits, pool),
            loops,
            logs);
  }

  private static int launcherDescriptor() {
    String descriptor = System.getenv(LAUNCHER_VARIABLE);
    if (descriptor == null) {
      throw new IllegalStateException(
          LAUNCHER_VARIABLE
              + " is not set: Kiln is started by its launcher (deploy/bin/kiln serve)");
    }
    return Integer.parseInt(descriptor);
  }

  @Override
  public Pool pool() {
    return engine().pool();
  }

  @Override
  public int slots() {
    return engine().welcome().slots();
  }

  @Override
  public boolean isReady() {
    return engine().isReady();
  }

  @Override
  public CompletionStage<Void> gone() {
    return engine().gone();
  }

  private Engine engine() {
    return Objects.requireNonNull(engine, "The engine is not started");
  }

  @Override
  public void close() {
    if (engine != null) {
      engine.close();
    }
  }
}
