package dev.kiln.gateway;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Kiln's configuration. {@code docs/configuration.md} explains every key, and a test holds the two
 * together; a key below {@code kiln.} that is not here stops the start.
 */
@ConfigMapping(prefix = "kiln")
interface KilnConfig {

  /** The names of the runtimes, in the order of the launcher's command line. */
  @WithDefault("python3.11")
  List<String> runtimes();

  /** Directory of the gateway's own files. */
  @WithDefault("/kiln/state")
  Path state();

  /** Directory that has the runtimes' images, of which the descriptions are read. */
  @WithDefault("/kiln/images")
  Path images();

  /** Directory beneath which the launcher shows the slots' control groups. */
  @WithDefault("/kiln/cgroup")
  Path cgroup();

  /** Region that ARNs and functions' environments name. */
  @WithDefault("us-east-1")
  String region();

  /** How many calls of its own function the gateway makes before it is ready. */
  @WithDefault("1000")
  int rehearsalCalls();

  Redis redis();

  Deployment deployment();

  Function function();

  Invocation invocation();

  Admission admission();

  Log log();

  PoolSettings pool();

  /** Where functions are stored. */
  interface Redis {
    @WithDefault("redis-socket:///kiln/run/redis.sock")
    String url();

    Optional<String> user();

    Optional<String> password();

    @WithDefault("2s")
    Duration timeout();

    @WithDefault("20s")
    Duration startTimeout();
  }

  /** What a deployment may cost. */
  interface Deployment {
    @WithDefault("52428800")
    long maxUploadBytes();

    @WithDefault("5m")
    Duration uploadTimeout();

    @WithDefault("262144000")
    long maxUnpackedBytes();

    @WithDefault("50000")
    int maxEntries();

    @WithDefault("4")
    int atOnce();

    @WithDefault("64")
    int waiting();

    @WithDefault("60s")
    Duration compileTimeout();

    @WithDefault("4194304")
    int maxBundleBytes();

    @WithDefault("20")
    int versionsKept();

    @WithDefault("10s")
    Duration grace();
  }

  /** What a function gets. */
  interface Function {
    @WithDefault("1769")
    int megabytesPerCpu();

    @WithDefault("1000")
    int minCpuMillis();

    @WithDefault("256")
    int processes();

    @WithDefault("100")
    int defaultConcurrency();

    @WithDefault("1000")
    int maxConcurrency();

    @WithDefault("100")
    int maxMinWarm();
  }

  /** What a call may carry. */
  interface Invocation {
    @WithDefault("6291456")
    int maxEventBytes();

    @WithDefault("30s")
    Duration receiveTimeout();

    @WithDefault("30s")
    Duration sendTimeout();

    @WithDefault("6291456")
    int maxAnswerBytes();

    @WithDefault("67108864")
    long maxHeldBytes();
  }

  /** How many calls run and wait. */
  interface Admission {
    OptionalInt running();

    @WithDefault("200")
    int waitingPerFunction();

    @WithDefault("2000")
    int waiting();

    @WithDefault("33554432")
    long waitingBytes();

    @WithDefault("10s")
    Duration waitingTime();
  }

  /** What functions print. */
  interface Log {
    @WithDefault("8388608")
    int bytesPerFunction();

    @WithDefault("67108864")
    long bytes();

    @WithDefault("1048576")
    long bytesPerSecond();

    @WithDefault("4194304")
    long burstBytes();

    @WithDefault("100")
    int readers();
  }

  /** How sandboxes are kept; what is not set follows from the machine. */
  interface PoolSettings {
    OptionalLong memoryBytes();

    OptionalInt stemsMin();

    OptionalInt stemsMax();

    OptionalInt stemsWarmed();

    OptionalInt birthsAtOnce();

    OptionalInt birthsPerSecond();

    OptionalLong keepAliveBytes();

    Optional<Duration> freezeAfter();

    OptionalInt unfrozen();

    Optional<Duration> maxWait();

    OptionalInt spareCopies();

    OptionalLong unfinishedBytes();
  }
}
