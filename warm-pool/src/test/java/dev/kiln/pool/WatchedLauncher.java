package dev.kiln.pool;

import dev.kiln.launcher.Launcher;
import dev.kiln.launcher.LauncherListener;
import dev.kiln.launcher.SandboxId;
import dev.kiln.launcher.Spawned;
import dev.kiln.launcher.Stat;
import dev.kiln.launcher.Welcome;
import dev.kiln.linux.FileDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** The real launcher, which notes the sandboxes that code was attached to. */
final class WatchedLauncher implements Launcher {

  private final Launcher launcher;
  private final List<SandboxId> attached = new CopyOnWriteArrayList<>();

  WatchedLauncher(Launcher launcher) {
    this.launcher = launcher;
  }

  /** Returns the sandbox that code was attached to last. */
  SandboxId newest() {
    return attached.get(attached.size() - 1);
  }

  @Override
  public Welcome welcome() {
    return launcher.welcome();
  }

  @Override
  public void listen(LauncherListener listener) {
    launcher.listen(listener);
  }

  @Override
  public CompletionStage<Spawned> spawn(int slot, int runtime) {
    return launcher.spawn(slot, runtime);
  }

  @Override
  public CompletionStage<Void> attach(
      SandboxId id, String code, Optional<String> layers, long tmpBytes) {
    attached.add(id);
    return launcher.attach(id, code, layers, tmpBytes);
  }

  @Override
  public CompletionStage<List<FileDescriptor>> sockets(SandboxId id, int count) {
    return launcher.sockets(id, count);
  }

  @Override
  public CompletionStage<Void> kill(SandboxId id) {
    return launcher.kill(id);
  }

  @Override
  public CompletionStage<Stat> stat(SandboxId id) {
    return launcher.stat(id);
  }

  @Override
  public void close() {
    launcher.close();
  }
}
