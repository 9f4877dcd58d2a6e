package dev.kiln.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.cgroup.CgroupDriver;
import dev.kiln.cgroup.Limits;
import dev.kiln.launcher.Exit;
import dev.kiln.launcher.Launcher;
import dev.kiln.launcher.LauncherListener;
import dev.kiln.launcher.SandboxId;
import dev.kiln.launcher.Spawned;
import dev.kiln.launcher.Stat;
import dev.kiln.launcher.Welcome;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.Linux.Pair;
import dev.kiln.linux.Linux.SocketType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A launcher, and control groups, whose sandboxes are {@link TestingSandbox} threads: real sockets
 * and pipes, no privilege. Records what it was asked.
 */
final class TestingHost implements Launcher, CgroupDriver {

  private final int slots;
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "testing-launcher"));
  private final Map<Integer, Living> living = new ConcurrentHashMap<>();
  private final AtomicInteger generations = new AtomicInteger();
  final List<String> log = new CopyOnWriteArrayList<>();
  final Map<Integer, Limits> limits = new ConcurrentHashMap<>();
  final AtomicInteger spawned = new AtomicInteger();
  private volatile LauncherListener listener;
  volatile boolean refuseSpawns;
  final AtomicInteger deathsAtAttach = new AtomicInteger();
  final AtomicInteger refusedAttaches = new AtomicInteger();
  volatile boolean tellNextExitFirst;
  private volatile boolean holdSpawns;
  private final List<Runnable> held = new CopyOnWriteArrayList<>();

  /** A living sandbox. */
  record Living(SandboxId id, TestingSandbox sandbox) {}

  TestingHost(int slots) {
    this.slots = slots;
  }

  @Override
  public Welcome welcome() {
    return new Welcome(slots, 1000, 1, 2, 0);
  }

  @Override
  public void listen(LauncherListener listener) {
    this.listener = listener;
  }

  @Override
  public CompletionStage<Spawned> spawn(int slot, int runtime) {
    CompletableFuture<Spawned> result = new CompletableFuture<>();
    Runnable work = () -> spawn(slot, result);
    if (holdSpawns) {
      held.add(work);
    } else {
      reader.execute(work);
    }
    return result;
  }

  /** Forks nothing from when this returns until {@link #releaseSpawns}. */
  void holdSpawns() {
    holdSpawns = true;
    CompletableFuture.runAsync(() -> {}, reader).join();
  }

  /** Forks what was asked for meanwhile. */
  void releaseSpawns() {
    holdSpawns = false;
    held.forEach(reader::execute);
    held.clear();
  }

  private void spawn(int slot, CompletableFuture<Spawned> result) {
    if (refuseSpawns) {
      result.completeExceptionally(new IllegalStateException("spawn refused by the test"));
      return;
    }
    if (living.containsKey(slot)) {
      throw new AssertionError("slot " + slot + " is in use");
    }
    SandboxId id = new SandboxId(slot, generations.incrementAndGet());
    Pair frames = Linux.socketPair(SocketType.STREAM);
    Pair channels = Linux.socketPair(SocketType.STREAM);
    Pair stdout = Linux.pipe();
    Pair stderr = Linux.pipe();
    Pair pidfd = Linux.pipe();
    channels.second().close();
    stderr.second().close();
    pidfd.second().close();
    spawned.incrementAndGet();
    TestingSandbox sandbox =
        new TestingSandbox(
            frames.second(), stdout.second(), status -> end(id, new Exit(status, 0, 0, 0)));
    living.put(slot, new Living(id, sandbox));
    sandbox.start();
    if (tellNextExitFirst) {
      tellNextExitFirst = false;
      living.remove(slot);
      sandbox.kill();
      listener.exited(id, new Exit(9, 0, 0, 0));
    }
    result.complete(
        new Spawned(
            id,
            pidfd.first(),
            frames.first(),
            channels.first(),
            stdout.first(),
            stderr.first(),
            1,
            2));
  }

  @Override
  public CompletionStage<Void> attach(
      SandboxId id, String code, Optional<String> layers, long tmpBytes) {
    log.add("attach " + id + " " + code);
    if (take(deathsAtAttach)) {
      end(id, new Exit(9, 0, 0, 0));
    }
    return CompletableFuture.runAsync(() -> attach(id), reader);
  }

  private void attach(SandboxId id) {
    Living stem = living.get(id.slot());
    if (stem == null || !stem.id.equals(id) || take(refusedAttaches)) {
      throw new IllegalStateException("attach refused by the test");
    }
    stem.sandbox().codeIsThere();
  }

  private static boolean take(AtomicInteger times) {
    return times.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  @Override
  public CompletionStage<List<FileDescriptor>> sockets(SandboxId id, int count) {
    throw new AssertionError("nobody asks for sockets");
  }

  @Override
  public CompletionStage<Void> kill(SandboxId id) {
    return CompletableFuture.runAsync(() -> end(id, new Exit(9, 0, 0, 0)), reader);
  }

  @Override
  public CompletionStage<Stat> stat(SandboxId id) {
    throw new AssertionError("nobody asks for counts");
  }

  /** Ends a sandbox as the test says, and tells it. */
  void end(SandboxId id, Exit exit) {
    Living found = living.get(id.slot());
    if (found != null && found.id.equals(id) && living.remove(id.slot(), found)) {
      found.sandbox.kill();
      tell(() -> listener.exited(id, exit));
    }
  }

  /** Nothing is told any more once it is closed. */
  private void tell(Runnable event) {
    try {
      reader.execute(event);
    } catch (RejectedExecutionException e) {
      assertThat(reader.isShutdown()).isTrue();
    }
  }

  void tellZygote(boolean up) {
    reader.execute(
        () -> {
          if (up) {
            listener.zygoteUp(OptionalInt.of(0), java.time.Duration.ofMillis(1));
          } else {
            listener.zygoteDown(OptionalInt.of(0));
          }
        });
  }

  /** Returns the sandbox that a function was attached to last. */
  SandboxId newest() {
    String attached =
        log.stream().filter(line -> line.startsWith("attach")).reduce((a, b) -> b).orElseThrow();
    return living().stream()
        .map(Living::id)
        .filter(id -> attached.startsWith("attach " + id + " "))
        .findFirst()
        .orElseThrow();
  }

  /** Returns how often something was asked for. */
  long count(String what) {
    return log.stream().filter(line -> line.startsWith(what)).count();
  }

  /** Returns whether a sandbox has been sent an invocation that mentions {@code text}. */
  boolean anyHasSeen(String text) {
    return living().stream()
        .flatMap(one -> one.sandbox().seen.stream())
        .anyMatch(seen -> seen.contains(text));
  }

  List<Living> living() {
    return List.copyOf(living.values());
  }

  @Override
  public void apply(int slot, Limits limit) {
    limits.put(slot, limit);
  }

  @Override
  public void reset(int slot) {
    limits.remove(slot);
  }

  @Override
  public void freeze(int slot) {
    log.add("freeze " + slot);
  }

  @Override
  public void thaw(int slot) {
    log.add("thaw " + slot);
  }

  @Override
  public long memoryBytes(int slot) {
    return 8L << 20;
  }

  @Override
  public void close() {
    if (!reader.isShutdown()) {
      living().forEach(one -> end(one.id(), new Exit(9, 0, 0, 0)));
      reader.shutdown();
      try {
        reader.awaitTermination(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
