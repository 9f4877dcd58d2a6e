package dev.kiln.gateway;

import dev.kiln.contract.Isolation;
import dev.kiln.gateway.deploy.Bundles;
import dev.kiln.gateway.function.EventFormat;
import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionConfiguration;
import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.function.FunctionName;
import dev.kiln.gateway.function.Revision;
import dev.kiln.gateway.invoke.LiveFunctions;
import dev.kiln.image.archive.ArchiveRefusedException;
import dev.kiln.image.code.CodeStore;
import dev.kiln.image.code.StoredCode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jboss.logging.Logger;

/**
 * Calls a function of the gateway's own over HTTP before anybody else calls one. A JVM loads and
 * compiles what it runs when it first does: without a rehearsal the first caller of all would wait
 * a hundred times as long as the second. The function is live on this node while it lasts, and is
 * never stored.
 */
@Singleton
final class Rehearsal {

  private static final Logger LOG = Logger.getLogger(Rehearsal.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** More than there are event loops on small machines: each has caches of its own to fill. */
  private static final int CONNECTIONS = 8;

  private static final int CALLS_PER_FIRST_CALL = 10;

  private final KilnConfig config;
  private final Sandboxes sandboxes;
  private final CodeStore codes;
  private final Bundles bundles;
  private final LiveFunctions live;

  Rehearsal(
      KilnConfig config,
      Sandboxes sandboxes,
      CodeStore codes,
      Bundles bundles,
      LiveFunctions live) {
    this.config = config;
    this.sandboxes = sandboxes;
    this.codes = codes;
    this.bundles = bundles;
    this.live = live;
  }

  /**
   * Rehearses with every runtime that has a function for it; blocks. What goes wrong is logged and
   * does no harm.
   */
  void run(int port) {
    awaitSandboxes();
    for (String runtime : config.runtimes()) {
      try (InputStream code =
          Rehearsal.class.getResourceAsStream("/rehearsal/" + runtime + "/app.py")) {
        if (code != null && config.rehearsalCalls() > 0) {
          run(runtime, code.readAllBytes(), port);
        }
      } catch (IOException | ArchiveRefusedException | RuntimeException e) {
        LOG.warnf(e, "The rehearsal with %s failed: its first calls are slower", runtime);
      }
    }
  }

  private void awaitSandboxes() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!sandboxes.isReady() && System.nanoTime() - deadline < 0) {
      try {
        Thread.sleep(PAUSE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void run(String runtime, byte[] code, int port)
      throws IOException, ArchiveRefusedException {
    Path zip = zip(code);
    try (StoredCode stored = codes.add(zip)) {
      bundles.compile(stored.digest(), configuration(runtime, Isolation.REUSE));
      int calls = config.rehearsalCalls();
      call(stored, configuration(runtime, Isolation.REUSE), calls, port);
      // Each of these is a first call: it takes a stem and loads the code into it.
      call(stored, configuration(runtime, Isolation.FRESH), calls / CALLS_PER_FIRST_CALL, port);
    } finally {
      Files.delete(zip);
    }
  }

  private void call(StoredCode code, FunctionConfiguration configuration, int calls, int port)
      throws IOException {
    FunctionId id = FunctionId.of(new FunctionName("rehearsal-" + UUID.randomUUID()));
    Revision revision =
        new Revision(UUID.randomUUID().toString(), configuration, code.digest(), 0, Instant.now());
    live.changed(id, Optional.of(Function.create(id, revision)));
    long start = System.nanoTime();
    int made = 0;
    try {
      for (int i = 1; i <= CONNECTIONS; i++) {
        try (RehearsalClient client = new RehearsalClient(port, id.name())) {
          while (made < calls * i / CONNECTIONS && System.nanoTime() - start < LIMIT.toNanos()) {
            client.call();
            made++;
          }
        }
      }
    } finally {
      live.changed(id, Optional.empty());
    }
    LOG.debugf("%d calls rehearsed in %d ms", made, (System.nanoTime() - start) / 1_000_000);
  }

  private static Path zip(byte[] code) throws IOException {
    Path file = Files.createTempFile("rehearsal", ".zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("app.py"));
      zip.write(code);
      zip.closeEntry();
    }
    return file;
  }

  private static FunctionConfiguration configuration(String runtime, Isolation isolation) {
    return new FunctionConfiguration(
        runtime,
        "app.handler",
        128,
        Duration.ofSeconds(3),
        16,
        Map.of(),
        isolation,
        1,
        0,
        EventFormat.V2);
  }
}
