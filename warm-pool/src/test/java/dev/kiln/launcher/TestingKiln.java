package dev.kiln.launcher;

import dev.kiln.linux.FileDescriptor;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The Kiln that started this test's JVM. One test class has one; it ends with the JVM. */
public final class TestingKiln implements AutoCloseable {

  private final Heard heard = new Heard();
  private final LauncherClient client;

  private TestingKiln(LauncherClient client) {
    this.client = client;
  }

  /** Greets the launcher and waits until the zygote of runtime 0 serves. */
  public static TestingKiln open() throws InterruptedException {
    int descriptor = Integer.parseInt(System.getenv("KILN_LAUNCHER_FD"));
    TestingKiln kiln = new TestingKiln(LauncherClient.open(FileDescriptor.own(descriptor)));
    kiln.client.listen(kiln.heard);
    kiln.await("up OptionalInt[0]");
    return kiln;
  }

  public Launcher launcher() {
    return client;
  }

  /** Returns the next event that starts with {@code prefix}, skipping others. */
  public String await(String prefix) throws InterruptedException {
    String event = heard.next();
    while (event != null && !event.startsWith(prefix)) {
      event = heard.next();
    }
    if (event == null) {
      throw new AssertionError("the launcher does not say: " + prefix);
    }
    return event;
  }

  /** Waits for what a stage gives. */
  public static <T> T get(CompletionStage<T> stage) throws ExecutionException {
    try {
      return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
