package dev.kiln.pool;

import dev.kiln.contract.Isolation;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes warm sandboxes for versions that should have some before anybody calls. */
final class Prestart {

  private static final Logger LOG = Logger.getLogger(Prestart.class);

  /** An initialisation may take longer than a call: nobody waits for it. */
  private static final long LOAD_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Ledger ledger;
  private final Calls calls;
  private final WarmPool pool;
  private final Templates templates;

  Prestart(Ledger ledger, Calls calls, WarmPool pool, Templates templates) {
    this.templates = templates;
    this.ledger = ledger;
    this.calls = calls;
    this.pool = pool;
  }

  /** Starts as many as the version lacks and stems are ready for. */
  void fill(VersionStock stock) {
    if (stock.isolation == Isolation.FORK && calls.mayPrestart(stock, System.nanoTime())) {
      templates.of(stock).prestart();
    }
    Optional<Resident> stem = calls.takeForPrestart(stock, System.nanoTime());
    while (stem.isPresent()) {
      start(stem.get(), stock);
      stem = calls.takeForPrestart(stock, System.nanoTime());
    }
  }

  private void start(Resident resident, VersionStock stock) {
    pool.specialiseWithCode(resident, stock, ledger.loops.next())
        .thenCompose(attached -> resident.sandbox.conversation().load(stock.load, LOAD_NANOS))
        .whenComplete((micros, error) -> started(resident, stock, micros, error));
  }

  private void started(
      Resident resident, VersionStock stock, @Nullable Long micros, @Nullable Throwable error) {
    if (micros != null) {
      resident.loaded = true;
      resident.initMicros = micros;
    } else {
      LOG.infof("%s could not be kept warm: %s", stock.version.key(), String.valueOf(error));
    }
    calls.prestarted(stock, micros != null, System.nanoTime());
    pool.giveBack(resident, stock, micros != null);
  }
}
