package dev.kiln.launcher;

import dev.kiln.linux.FileDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The privileged process that makes and ends sandboxes, as the engine sees it. Thread-safe; no call
 * waits. A stage completes on the reader thread, which must not be blocked, or exceptionally with a
 * {@link LauncherException}.
 */
public interface Launcher extends AutoCloseable {

  /** Returns what it said of itself. */
  Welcome welcome();

  /**
   * Sets who hears what the launcher tells unasked. Called once, before the first spawn; what came
   * before is delivered during the call or after it, in order.
   */
  void listen(LauncherListener listener);

  /**
   * Forks a sandbox of {@code runtime} in a free slot.
   *
   * @param runtime index in the launcher's command line
   */
  CompletionStage<Spawned> spawn(int slot, int runtime);

  /**
   * Mounts code, and layers, into the sandbox and sizes its {@code /tmp}; once per sandbox.
   *
   * @param code digest of the code directory, 64 lower-case hex digits
   * @param layers digest of the merged layers, likewise
   */
  CompletionStage<Void> attach(SandboxId id, String code, Optional<String> layers, long tmpBytes);

  /**
   * Makes {@code count} unconnected, non-blocking TCP sockets inside the sandbox's network, at most
   * 4.
   */
  CompletionStage<List<FileDescriptor>> sockets(SandboxId id, int count);

  /** Kills the sandbox; {@link LauncherListener#exited} follows when its slot is clean. */
  CompletionStage<Void> kill(SandboxId id);

  /** Asks what the sandbox's groups count. */
  CompletionStage<Stat> stat(SandboxId id);

  /**
   * Ends the conversation, upon which the launcher kills every sandbox; waits for the reader
   * thread.
   */
  @Override
  void close();
}
