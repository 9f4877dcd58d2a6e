package dev.kiln.pool;

import dev.kiln.cgroup.CgroupFiles;
import dev.kiln.launcher.Launcher;
import dev.kiln.launcher.LauncherClient;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.log.LogLimits;
import dev.kiln.log.LogSink;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * An engine beneath the launcher that started this JVM, with functions from the tests' resources.
 */
final class TestingEngine implements AutoCloseable {

  static final String RUNTIME = "python3.11";
  private static final Path CODE = Path.of("/kiln/state/code");

  private final EventLoopGroup loops = new EpollEventLoopGroup(2);
  private final EventLoop loop = loops.next();
  private final Map<String, List<String>> lines = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> logged = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> dropped = new ConcurrentHashMap<>();
  private final WatchedLauncher launcher;
  private final Engine engine;

  private TestingEngine(PoolConfig config, WatchedLauncher launcher) {
    this.launcher = launcher;
    this.engine =
        Engine.start(
            new EngineConfig(0, CgroupFiles.ROOT, List.of(RUNTIME), LogLimits.standard(), config),
            launcher,
            CgroupFiles.open(CgroupFiles.ROOT, launcher.welcome().slots()),
            loops,
            this::line);
  }

  /** What suits a machine that other tests use as well: few stems, quickly made. */
  static PoolConfig config() {
    return new PoolConfig(
        4,
        16,
        2,
        2,
        200,
        1L << 30,
        Duration.ofHours(1),
        0,
        10,
        100,
        Duration.ofSeconds(30),
        1,
        64L << 20,
        256L << 20,
        16 << 20);
  }

  /** Starts one and waits for its first stem. */
  static TestingEngine start(PoolConfig config) {
    int descriptor = Integer.parseInt(System.getenv("KILN_LAUNCHER_FD"));
    Launcher client = LauncherClient.open(FileDescriptor.own(descriptor));
    TestingEngine started = new TestingEngine(config, new WatchedLauncher(client));
    started.engine.ready().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    return started;
  }

  private void line(
      String function,
      Optional<String> requestId,
      LogSink.Stream stream,
      String line,
      long droppedBefore) {
    lines.computeIfAbsent(requestId.orElse("-"), id -> new CopyOnWriteArrayList<>()).add(line);
    logged.computeIfAbsent(function, key -> new LongAdder()).add(line.length());
    dropped.computeIfAbsent(function, key -> new LongAdder()).add(droppedBefore);
  }

  Pool pool() {
    return engine.pool();
  }

  TestingCaller caller() {
    return new TestingCaller(engine.pool(), loop);
  }

  WatchedLauncher launcher() {
    return launcher;
  }

  /** Stores a resource as the module {@code app} of a function, and begins a version of it. */
  TestingVersions function(String resource) {
    try (InputStream content = TestingEngine.class.getResourceAsStream(resource)) {
      byte[] module = Objects.requireNonNull(content, resource).readAllBytes();
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(module));
      Path folder = Files.createDirectories(CODE.resolve(digest));
      Files.write(folder.resolve("app.py"), module);
      return TestingVersions.of(RUNTIME).code(digest).environment(Map.of("PATH", "/usr/bin:/bin"));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  List<String> lines(String requestId) {
    return lines.getOrDefault(requestId, List.of());
  }

  List<String> everyLine() {
    return lines.values().stream().flatMap(List::stream).toList();
  }

  long bytesLogged(Version version) {
    return logged.getOrDefault(version.key(), new LongAdder()).sum();
  }

  long bytesDropped(Version version) {
    return dropped.getOrDefault(version.key(), new LongAdder()).sum();
  }

  PoolSnapshot snapshot() {
    return engine.pool().snapshot();
  }

  /** Returns what the pool has of a version; all zero where it knows nothing of it. */
  PoolSnapshot.VersionCount count(Version version) {
    return snapshot().versions().stream()
        .filter(count -> count.key().equals(version.key()))
        .findFirst()
        .orElseGet(() -> new PoolSnapshot.VersionCount(version.key(), RUNTIME, 0, 0, 0, 0, 0, 0));
  }

  PoolSnapshot.Runtime runtime() {
    return snapshot().runtimes().get(0);
  }

  /** Waits until as many stems are ready as should be at least, the warmed ones too. */
  void awaitStems() {
    TestingCaller.await(
        "stems are ready",
        () ->
            runtime().stemsWarmed() >= 2 && runtime().stemsPlain() + runtime().stemsWarmed() >= 4);
  }

  /**
   * Waits until every slot in use holds a stem or a sandbox of a version that the pool knows: the
   * launcher has seen to it that nothing is left in the others.
   */
  void awaitCleanSlots() {
    TestingCaller.await(
        "all other slots are clean",
        () -> {
          PoolSnapshot now = snapshot();
          int known = runtime().stemsPlain() + runtime().stemsWarmed();
          for (PoolSnapshot.VersionCount count : now.versions()) {
            known += count.idle() + count.busy() + count.frozen();
          }
          return now.slotsUsed() == known;
        });
  }

  @Override
  public void close() {
    engine.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
