package dev.kiln.load.scenario;

import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.Kilns;
import dev.kiln.load.kiln.Settings;
import dev.kiln.load.peer.Crun;
import dev.kiln.load.peer.Echo;
import dev.kiln.load.process.Checkout;
import dev.kiln.load.process.Folders;
import dev.kiln.load.run.Client;
import dev.kiln.load.run.GeneratorLoop;
import dev.kiln.load.run.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What scenarios share: the generator, the instance of Kiln and the peers, each started when it is
 * first asked for.
 */
public final class Bench implements AutoCloseable {

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final GeneratorLoop loop = new GeneratorLoop();
  private final Scale scale;
  private final Kilns kilns;
  private final Checkout checkout;
  private final Path rootfs;
  private final Path scratch;
  private final Consumer<String> progress;
  private @Nullable Echo echo;
  private @Nullable Crun crun;

  /**
   * Creates the bench.
   *
   * @param rootfs where the Python runtime's root file system is once Kiln has started
   * @param progress is told what is going on
   */
  public Bench(
      Scale scale, Kilns kilns, Checkout checkout, Path rootfs, Consumer<String> progress) {
    this.scale = scale;
    this.kilns = kilns;
    this.checkout = checkout;
    this.rootfs = rootfs;
    this.progress = progress;
    this.scratch = Folders.makeTemporary("kiln-bench-peers-");
  }

  Scale scale() {
    return scale;
  }

  GeneratorLoop loop() {
    return loop;
  }

  Kiln kiln(Settings settings) throws InterruptedException {
    return kilns.with(settings);
  }

  Client connect(Target target, int connections) {
    return Client.connect(loop, target, connections, CALL_TIMEOUT);
  }

  Echo echo() throws InterruptedException {
    Echo running = echo;
    if (running == null) {
      running = Echo.start(checkout, scratch.resolve("echo.log"));
      echo = running;
    }
    return running;
  }

  /**
   * Returns crun with the runtime's root, where it is installed and the root is on this machine.
   */
  Optional<Crun> crun() {
    if (crun == null && Crun.installed() && Files.isDirectory(rootfs)) {
      crun = Crun.start(scratch.resolve("bundle"), rootfs);
    }
    return Optional.ofNullable(crun);
  }

  void say(String sentence) {
    progress.accept(sentence);
  }

  @Override
  public void close() {
    if (crun != null) {
      crun.close();
    }
    if (echo != null) {
      echo.close();
    }
    kilns.close();
    loop.close();
    Folders.remove(scratch);
  }
}
