package dev.kiln.pool;

import dev.kiln.cgroup.CgroupDriver;
import dev.kiln.contract.Deadline;
import dev.kiln.contract.InvocationException;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.Isolation;
import dev.kiln.contract.StartType;
import dev.kiln.contract.framed.PayloadBudget;
import dev.kiln.launcher.Exit;
import dev.kiln.launcher.Launcher;
import dev.kiln.launcher.LauncherListener;
import dev.kiln.launcher.SandboxId;
import dev.kiln.linux.LinuxException;
import dev.kiln.log.LogPump;
import dev.kiln.sandbox.TransitionCounts;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The pool. A call goes, on its own event loop and top to bottom in this file: ask the {@link
 * Ledger}, which grants a warm sandbox, or a stem, or lets the call wait for the first of them;
 * bring the sandbox onto the call's loop; thaw it, or limit it; hand out the lease.
 */
final class WarmPool implements Pool, LauncherListener {

  private static final Logger LOG = Logger.getLogger(WarmPool.class);

  /**
   * A stem that was taken is replaced only after the call that took it has probably had its answer.
   */
  private static final long REFILL_DELAY_MICROS = 2000;

  private final PoolConfig config;
  private final CgroupDriver cgroups;
  private final EventLoopGroup loops;
  private final TransitionCounts transitions = new TransitionCounts();
  private final Calls calls;
  private final Stems stems;
  private final Upkeep upkeep;
  private final Nursery nursery;
  private final Attachment attachment;
  private final Keeper keeper;
  private final Templates templates;
  private final Compiler compiler;
  private final AtomicBoolean refilling = new AtomicBoolean();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  WarmPool(
      EngineConfig engine,
      Launcher launcher,
      CgroupDriver cgroups,
      LogPump logs,
      EventLoopGroup loops) {
    Ledger ledger = new Ledger(engine.pool(), engine.runtimes(), launcher.welcome().slots(), loops);
    this.config = engine.pool();
    this.cgroups = cgroups;
    this.loops = loops;
    this.calls = new Calls(ledger);
    this.stems = new Stems(ledger);
    this.upkeep = new Upkeep(ledger);
    this.attachment = new Attachment(launcher, cgroups, logs);
    this.compiler = new Compiler(ledger, this);
    PayloadBudget budget = new PayloadBudget(config.unfinishedBytes());
    this.templates = new Templates(this, ledger, calls, logs, launcher, budget);
    this.keeper =
        new Keeper(
            upkeep,
            cgroups,
            this::perform,
            this::refill,
            new Prestart(ledger, calls, this, templates)::fill);
    this.nursery =
        new Nursery(
            launcher,
            cgroups,
            stems,
            loops,
            transitions,
            budget,
            this::perform,
            this::gone,
            engine.runtimes().size());
  }

  /** Begins to make stems. */
  void start() {
    keeper.start();
    scheduleRefill(loops.next(), 0);
  }

  CompletionStage<Void> ready() {
    return nursery.ready();
  }

  boolean isReady() {
    return nursery.ready().isDone()
        && snapshot().runtimes().stream().allMatch(PoolSnapshot.Runtime::zygoteUp);
  }

  CompletionStage<Void> whenGone() {
    return gone;
  }

  @Override
  public CompletionStage<Lease> lease(Version version, Deadline deadline, EventLoop loop) {
    try {
      return lease(calls.stock(version), deadline, loop);
    } catch (InvocationException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletionStage<Lease> lease(VersionStock stock, Deadline deadline, EventLoop loop) {
    return stock.isolation == Isolation.FORK
        ? templates.of(stock).lease(deadline, loop).thenApply(seat -> new SeatLease(seat, loop))
        : acquire(stock, deadline, loop)
            .thenApply(holding -> new SeatLease(new SandboxSeat(holding, this), loop));
  }

  @Override
  public void prepare(Version version) {
    try {
      upkeep.keepWarm(calls.stock(version), version.minWarm());
    } catch (OfEngine e) {
      LOG.warnf("%s cannot be called: %s", version.key(), e.getMessage());
    }
  }

  @Override
  public void retire(String versionKey) {
    perform(upkeep.retire(versionKey));
  }

  @Override
  public CompletionStage<Compiled> compile(
      String runtime, String code, String handler, Deadline deadline) {
    return compiler.compile(runtime, code, handler, deadline);
  }

  @Override
  public PoolSnapshot snapshot() {
    return upkeep.snapshot(transitions);
  }

  @Override
  public void close() {
    keeper.close();
    perform(upkeep.close());
  }

  // ---- a call, step by step

  /**
   * Asks for a sandbox of a version; completes on {@code loop}. Its code may still have to be
   * attached.
   */
  CompletableFuture<Holding> acquire(VersionStock stock, Deadline deadline, EventLoop loop) {
    return ask(new WaitingCall(stock, deadline, loop, false));
  }

  /** As {@link #acquire}, and attaches the code. */
  CompletableFuture<Holding> acquireWithCode(
      VersionStock stock, Deadline deadline, EventLoop loop) {
    return ask(new WaitingCall(stock, deadline, loop, true));
  }

  private CompletableFuture<Holding> ask(WaitingCall call) {
    perform(calls.ask(call));
    if (!call.result.isDone()) {
      limitWait(call);
    }
    return call.result;
  }

  /** Takes back what {@link #acquire} gave. */
  void giveBack(Holding holding, boolean reusable) {
    giveBack(holding.resident(), holding.stock(), reusable);
  }

  void giveBack(Resident resident, VersionStock stock, boolean reusable) {
    perform(calls.giveBack(resident, stock, reusable, System.nanoTime()));
  }

  private void limitWait(WaitingCall call) {
    endWait(call, Math.min(call.deadline.remainingNanos(), config.maxWait().toNanos()));
  }

  private void endWait(WaitingCall call, long nanos) {
    Future<?> timer =
        call.loop.schedule(() -> waitEnded(call), Math.max(0, nanos), TimeUnit.NANOSECONDS);
    call.result.whenComplete((holding, error) -> timer.cancel(false));
  }

  /**
   * Only the line has a bound of its own: a sandbox that is being made ready has until the
   * deadline.
   */
  private void waitEnded(WaitingCall call) {
    Actions actions = calls.giveUp(call);
    perform(actions);
    long remaining = call.deadline.remainingNanos();
    if (!actions.refusals.isEmpty() || call.result.isDone()) {
      return;
    }
    if (remaining > 0) {
      endWait(call, remaining);
    } else {
      call.result.completeExceptionally(new OfEngine("The sandbox was not made ready in time."));
    }
  }

  /** Does what the ledger has decided. */
  void perform(Actions actions) {
    actions.kills.forEach(resident -> resident.sandbox.kill());
    actions.births.forEach(nursery::bear);
    actions.warmings.forEach(nursery::promote);
    actions.refusals.forEach(this::refuse);
    actions.grants.forEach(this::deliver);
    if (actions.refill) {
      scheduleRefill(actions.loop().orElseGet(loops::next), REFILL_DELAY_MICROS);
    }
  }

  private void refuse(Actions.Refusal refusal) {
    WaitingCall call = refusal.call();
    call.loop.execute(() -> call.result.completeExceptionally(refusal.reason()));
  }

  private void deliver(Actions.Grant grant) {
    WaitingCall call = grant.call();
    Resident resident = grant.resident();
    if (!call.loop.inEventLoop()) {
      call.loop.execute(() -> deliver(grant));
      return;
    }
    long chosen = System.nanoTime();
    CompletionStage<Void> prepared =
        grant.startType() == StartType.WARM
            ? awaken(resident, call.loop)
            : specialise(resident, call.stock, call.loop);
    if (call.awaitsCode) {
      prepared = prepared.thenCompose(here -> attached(resident, call.stock, call.loop));
    }
    prepared.whenComplete((done, error) -> handOut(grant, chosen, error));
  }

  /**
   * Brings a warm sandbox onto a loop; a frozen one needs no waiting for, since it reads when it
   * runs again.
   */
  private CompletionStage<Void> awaken(Resident resident, EventLoop loop) {
    if (resident.thaw) {
      resident.thaw = false;
      cgroups.thaw(resident.slot());
    }
    return resident.sandbox.conversation().moveTo(loop);
  }

  /** Makes a stem a version's, but for its code, and brings it onto a loop. */
  private CompletionStage<Void> specialise(Resident resident, VersionStock stock, EventLoop loop) {
    try {
      attachment.limit(resident.sandbox, stock);
    } catch (StemDiedException | OfEngine e) {
      return CompletableFuture.failedFuture(e);
    }
    return resident.sandbox.conversation().moveTo(loop);
  }

  /** Has the code attached, if nobody has yet; {@link Resident#attached} tells when it is. */
  void attach(Resident resident, VersionStock stock) {
    attachment.attach(resident, stock.version);
  }

  private CompletionStage<Void> attached(Resident resident, VersionStock stock, EventLoop loop) {
    attach(resident, stock);
    return resident.attached.thenAcceptAsync(micros -> {}, loop);
  }

  /** Makes a stem that the caller holds a version's; completes on {@code loop}. */
  CompletionStage<Void> specialiseWithCode(Resident resident, VersionStock stock, EventLoop loop) {
    return specialise(resident, stock, loop).thenCompose(here -> attached(resident, stock, loop));
  }

  private void handOut(Actions.Grant grant, long chosenNanos, @Nullable Throwable error) {
    WaitingCall call = grant.call();
    long lease = TimeUnit.NANOSECONDS.toMicros(chosenNanos - call.askedNanos);
    Holding holding = new Holding(grant.resident(), call.stock, grant.startType(), lease);
    if (error == null && call.result.complete(holding)) {
      return;
    }
    giveBack(holding, false);
    Throwable cause = Autopsy.unwrapped(error);
    if (cause instanceof StemDiedException && call.mayTryAnotherStem()) {
      perform(calls.ask(call));
    } else {
      call.result.completeExceptionally(
          cause instanceof InvocationException
              ? cause
              : new OfEngine("No sandbox could be made ready."));
    }
  }

  // ---- the background

  private void scheduleRefill(EventLoop loop, long delayMicros) {
    if (refilling.compareAndSet(false, true)) {
      loop.schedule(this::refill, delayMicros, TimeUnit.MICROSECONDS);
    }
  }

  private void refill() {
    refilling.set(false);
    perform(stems.refill(System.nanoTime()));
  }

  // ---- what the launcher tells

  @Override
  public void exited(SandboxId id, Exit exit) {
    stems.exited(id, exit).ifPresent(resident -> gone(resident, exit));
  }

  /** The books first: whoever waits for the end may ask for another sandbox at once. */
  private void gone(Resident resident, Exit exit) {
    reset(resident);
    Actions actions = stems.gone(resident);
    resident.sandbox.gone(exit);
    perform(actions);
  }

  /** Takes the CPU quota off the slot, so that its next stem is not warmed under it. */
  private void reset(Resident resident) {
    try {
      cgroups.reset(resident.slot());
    } catch (LinuxException e) {
      LOG.warnf("slot %d was not reset: %s", resident.slot(), e.getMessage());
    }
  }

  @Override
  public void zygoteDown(OptionalInt runtime) {
    runtime.ifPresent(index -> stems.zygote(index, false));
  }

  @Override
  public void zygoteUp(OptionalInt runtime, Duration startup) {
    runtime.ifPresent(index -> stems.zygote(index, true));
    scheduleRefill(loops.next(), 0);
  }

  @Override
  public void gone() {
    gone.complete(null);
  }
}
