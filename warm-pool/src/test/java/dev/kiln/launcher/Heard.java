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
  private String failing = "";
  private @Nullable RuntimeException fault;

  @Override
  public void exited(SandboxId id, Exit exit) {
    add("exited " + id + " " + exit);
  }

  @Override
  public void zygoteDown(OptionalInt runtime) {
    add("down " + runtime);
  }

  @Override
  public void zygoteUp(OptionalInt runtime, Duration startup) {
    add("up " + runtime + " " + startup);
  }

  @Override
  public void gone() {
    add("gone");
  }

  /** From now on throws {@code fault} for events that start with {@code prefix}. */
  Heard failingOn(String prefix, RuntimeException fault) {
    failing = prefix;
    this.fault = fault;
    return this;
  }

  private void add(String event) {
    if (fault != null && event.startsWith(failing)) {
      throw fault;
    }
    events.add(event);
  }

  /** Returns the next, or null where none comes in half a minute. */
  @Nullable String next() throws InterruptedException {
    return events.poll(30, TimeUnit.SECONDS);
  }

  boolean isEmpty() {
    return events.isEmpty();
  }
}
