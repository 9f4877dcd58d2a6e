package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.StartType;
import dev.kiln.contract.framed.Conversation;
import dev.kiln.contract.framed.LoadFrame;
import dev.kiln.launcher.Exit;
import dev.kiln.log.LogSource;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A whole sandbox as a seat. */
final class SandboxSeat implements Seat {

  private static final int SIGKILL = 9;

  private final WarmPool pool;
  private final Holding holding;
  private final Resident resident;

  SandboxSeat(Holding holding, WarmPool pool) {
    this.pool = pool;
    this.holding = holding;
    this.resident = holding.resident();
  }

  @Override
  public Version version() {
    return holding.stock().version;
  }

  @Override
  public StartType startType() {
    return holding.startType();
  }

  @Override
  public long leaseMicros() {
    return holding.leaseMicros();
  }

  @Override
  public void attach() {
    pool.attach(resident, holding.stock());
  }

  @Override
  public CompletableFuture<Long> attached() {
    return resident.attached;
  }

  @Override
  public Conversation conversation() {
    return resident.sandbox.conversation();
  }

  @Override
  public LogSource logs() {
    return resident.sandbox.logs();
  }

  @Override
  public Optional<LoadFrame> load() {
    return resident.loaded ? Optional.empty() : Optional.of(holding.stock().load);
  }

  @Override
  public void loaded(long initMicros) {
    if (!resident.loaded) {
      resident.loaded = true;
      resident.initMicros = initMicros;
    }
  }

  @Override
  public void kill() {
    resident.sandbox.kill();
  }

  @Override
  public CompletionStage<Exit> exit() {
    return resident.sandbox.exit();
  }

  /**
   * A sandbox that had still to initialise the function may have died of that, and of its own
   * doing: its end tells.
   */
  @Override
  public boolean diedIdle(Exit exit) {
    boolean killed = exit.status() == Exit.WITH_ZYGOTE || exit.signal() == SIGKILL;
    return resident.loaded || (killed && exit.oomKills() == 0);
  }

  @Override
  public void giveBack(boolean reusable) {
    pool.giveBack(holding, reusable);
  }

  @Override
  public CompletionStage<Seat> another(Deadline deadline, EventLoop loop) {
    return pool.acquire(holding.stock(), deadline, loop)
        .thenApply(again -> new SandboxSeat(again, pool));
  }
}
