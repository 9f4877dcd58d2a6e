package dev.kiln.launcher;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes down what it hears. */
final class Heard implements LauncherListener {

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  @Override
  public void exited(SandboxId id, Exit exit) {
    events.add("exited " + id + " " + exit);
  }

  @Override
  public void zygoteDown(OptionalInt runtime) {
    events.add("down " + runtime);
  }

  @Override
  public void zygoteUp(OptionalInt runtime, Duration startup) {
    events.add("up " + runtime + " " + startup);
  }

  @Override
  public void gone() {
    events.add("gone");
  }

  /** Returns the next, or null where none comes in half a minute. */
  @Nullable String next() throws InterruptedException {
    return events.poll(30, TimeUnit.SECONDS);
  }

  boolean isEmpty() {
    return events.isEmpty();
  }
}
