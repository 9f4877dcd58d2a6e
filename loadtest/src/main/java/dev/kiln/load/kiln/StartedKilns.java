package dev.kiln.load.kiln;

import dev.kiln.load.process.Checkout;
import dev.kiln.load.process.Child;
import dev.kiln.load.process.Folders;
import dev.kiln.load.process.FreePort;
import dev.kiln.load.run.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Instances that the benchmark starts itself, through the script with which people start Kiln, one
 * at a time, all in one temporary home: the runtimes' images are built once.
 */
public final class StartedKilns implements Kilns {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_GRACE = Duration.ofSeconds(20);

  private final Checkout checkout;
  private final Path home;
  private @Nullable Child child;
  private @Nullable Kiln kiln;
  private @Nullable Settings running;

  /** Creates the home; nothing is started yet. */
  public StartedKilns(Checkout checkout) {
    this.checkout = checkout;
    this.home = Folders.makeTemporary("kiln-bench-");
  }

  /** Returns the home, in which the images of the runtimes are once an instance was started. */
  public Path home() {
    return home;
  }

  @Override
  public Kiln with(Settings settings) throws InterruptedException {
    Kiln current = kiln;
    if (current != null && settings.equals(running)) {
      return current;
    }
    stop();
    Kiln started = start(settings);
    kiln = started;
    running = settings;
    return started;
  }

  private Kiln start(Settings settings) throws InterruptedException {
    int port = FreePort.find();
    Target target = new Target("127.0.0.1", port);
    KilnApi api = new KilnApi(target);
    ProcessBuilder builder = new ProcessBuilder(checkout.startScript().toString(), "serve");
    builder.environment().put("KILN_HOME", home.toString());
    builder.environment().put("KILN_PORT", Integer.toString(port));
    builder.environment().put("KILN_OPTS", settings.jvmOptions());
    builder.environment().put("KILN_LAUNCHER_OPTS", String.join(" ", settings.launcherOptions()));
    Child starting = Child.start("Kiln", builder, home.resolve("kiln.log"), STOP_GRACE);
    child = starting;
    starting.awaitReady(api::ready, START_LIMIT);
    return new Kiln(target, api, uidBase());
  }

  /** The launcher notes the range of uids that it has claimed for this home. */
  private @Nullable Integer uidBase() {
    try {
      String digits =
          Files.readString(home.resolve("identity")).replaceAll("\\D+", " ").trim().split(" ")[0];
      return digits.isEmpty() ? null : Integer.valueOf(digits);
    } catch (IOException e) {
      return null;
    }
  }

  private void stop() {
    if (child != null) {
      child.close();
      child = null;
      kiln = null;
    }
  }

  @Override
  public void close() {
    stop();
    Folders.remove(home);
  }
}
