package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.framed.PayloadBudget;
import dev.kiln.launcher.Exit;
import dev.kiln.launcher.Launcher;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.log.LogPump;
import dev.kiln.log.LogSource;
import dev.kiln.sandbox.Sandbox;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What all templates share: the pool that gives them sandboxes, the ledger's books, the log pump.
 */
final class Templates {

  /** An initialisation that no call waits for may take longer. */
  private static final Duration PRESTART = Duration.ofSeconds(10);

  private final WarmPool pool;
  private final Ledger ledger;
  private final Calls calls;
  private final LogPump logs;
  private final Launcher launcher;
  private final PayloadBudget budget;

  Templates(
      WarmPool pool,
      Ledger ledger,
      Calls calls,
      LogPump logs,
      Launcher launcher,
      PayloadBudget budget) {
    this.launcher = launcher;
    this.budget = budget;
    this.pool = pool;
    this.ledger = ledger;
    this.calls = calls;
    this.logs = logs;
  }

  /** Returns the one of a version, which is made when it is first asked for. */
  Template of(VersionStock stock) {
    return calls.template(stock, () -> new Template(stock, this));
  }

  CompletableFuture<Holding> acquireWithCode(
      VersionStock stock, Deadline deadline, EventLoop loop) {
    return pool.acquireWithCode(stock, deadline, loop);
  }

  void giveBack(Holding holding) {
    pool.giveBack(holding, false);
  }

  boolean lend(Holding template) {
    return calls.lend(template.resident(), template.stock());
  }

  Actions rest(Holding template) {
    return calls.rest(template.resident(), template.stock(), System.nanoTime());
  }

  void perform(Actions actions) {
    pool.perform(actions);
  }

  /** Notes whether a sandbox became a template. */
  void noteStart(VersionStock stock, boolean well) {
    calls.prestarted(stock, well, System.nanoTime());
  }

  /** Serves with fresh isolation from now on, the calls that wait first. */
  void fallBack(VersionStock stock, List<CopyCall> waiting) {
    VersionStock fresh = calls.fallBackToFresh(stock);
    for (CopyCall call : waiting) {
      pool.acquire(fresh, call.deadline, call.loop)
          .whenComplete(
              (holding, error) -> {
                if (holding == null) {
                  call.result.completeExceptionally(error);
                } else if (!call.result.complete(new SandboxSeat(holding, pool))) {
                  pool.giveBack(holding, false);
                }
              });
    }
  }

  /** Returns what unfinished answers, of copies too, may hold together. */
  PayloadBudget budget() {
    return budget;
  }

  LogSource attachLogs(VersionStock stock, FileDescriptor stdout, FileDescriptor stderr) {
    return logs.attach(stock.version.key(), stdout, stderr);
  }

  /**
   * Returns how a copy that was killed ended in truth: the kernel kills for lack of memory with the
   * same signal, and the whole sandbox follows.
   */
  CompletionStage<Exit> killed(Sandbox sandbox, Exit exit) {
    return launcher
        .stat(sandbox.id())
        .thenApply(stat -> new Exit(exit.status(), stat.oomKills(), stat.memoryPeakBytes(), 0))
        .exceptionallyCompose(error -> sandbox.exit());
  }

  EventLoop nextLoop() {
    return ledger.loops.next();
  }

  Deadline startDeadline() {
    return Deadline.in(PRESTART);
  }

  long waitNanos(Deadline deadline) {
    return Math.min(deadline.remainingNanos(), ledger.config.maxWait().toNanos());
  }

  int maxWaiting() {
    return ledger.config.waitingPerVersion();
  }

  int spareCopies() {
    return ledger.config.spareCopies();
  }
}
