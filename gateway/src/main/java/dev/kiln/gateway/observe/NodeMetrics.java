package dev.kiln.gateway.observe;

import dev.kiln.gateway.admission.Admission;
import dev.kiln.gateway.admission.Refusal;
import dev.kiln.gateway.deploy.Runtimes;
import dev.kiln.gateway.function.FunctionService;
import dev.kiln.gateway.function.FunctionStore;
import dev.kiln.gateway.http.ByteBudget;
import dev.kiln.gateway.log.FunctionLogs;
import dev.kiln.pool.Pool;
import dev.kiln.pool.PoolSnapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;

/**
 * What the node's parts count themselves, read when somebody asks. Names are in {@code
 * docs/metrics.md}.
 */
@Singleton
public final class NodeMetrics {

  private final MeterRegistry registry;

  NodeMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Registers the meters of admission. */
  public void admission(Admission admission, ByteBudget events) {
    gauge("kiln.admission.running", "Calls that run", admission, Admission::running);
    gauge(
        "kiln.admission.waiting", "Calls that wait for their turn", admission, Admission::waiting);
    gauge(
        "kiln.admission.waiting.bytes",
        "Bytes of the events of calls that wait",
        admission,
        Admission::waitingBytes);
    gauge("kiln.held.bytes", "Bytes of events and answers in memory", events, ByteBudget::held);
    for (Refusal refusal : Refusal.values()) {
      FunctionCounter.builder("kiln.admission.refused", admission, owner -> owner.refused(refusal))
          .description("Calls that were not admitted")
          .tag("reason", refusal.label())
          .register(registry);
    }
  }

  /** Registers the meters of functions and their logs. */
  public void functions(FunctionService functions, FunctionStore store, FunctionLogs logs) {
    gauge("kiln.functions", "Functions", functions, service -> service.list().size());
    gauge(
        "kiln.store.reachable",
        "1 while the store of functions can be reached",
        store,
        reached -> reached.isReachable() ? 1 : 0);
    gauge("kiln.log.held.bytes", "Bytes of log lines in memory", logs, FunctionLogs::heldBytes);
    counter("kiln.log.lines", "Lines that functions printed", logs, FunctionLogs::lineCount);
    counter(
        "kiln.log.dropped.bytes",
        "Bytes that functions printed beyond their rate",
        logs,
        FunctionLogs::rateDroppedBytes);
  }

  /** Registers the meters of the pool. */
  public void pool(Pool pool, Runtimes runtimes) {
    gauge(
        "kiln.pool.slots",
        "Sandboxes that there may be",
        pool,
        source -> source.snapshot().slots());
    gauge(
        "kiln.pool.slots.used",
        "Sandboxes that there are",
        pool,
        source -> source.snapshot().slotsUsed());
    gauge(
        "kiln.pool.memory.bytes",
        "Memory that idle sandboxes hold",
        pool,
        source -> source.snapshot().memoryUsedBytes());
    gauge(
        "kiln.pool.memory.budget.bytes",
        "Memory that idle sandboxes may hold",
        pool,
        source -> source.snapshot().memoryBudgetBytes());
    versions(pool, "idle", PoolSnapshot.VersionCount::idle);
    versions(pool, "busy", PoolSnapshot.VersionCount::busy);
    versions(pool, "frozen", PoolSnapshot.VersionCount::frozen);
    for (String runtime : runtimes.names()) {
      stems(pool, runtime, "plain", PoolSnapshot.Runtime::stemsPlain);
      stems(pool, runtime, "warmed", PoolSnapshot.Runtime::stemsWarmed);
    }
  }

  private void versions(
      Pool pool, String state, ToDoubleFunction<PoolSnapshot.VersionCount> count) {
    Gauge.builder(
            "kiln.pool.sandboxes",
            pool,
            source -> source.snapshot().versions().stream().mapToDouble(count).sum())
        .description("Sandboxes that hold a function")
        .tag("state", state)
        .register(registry);
  }

  private void stems(
      Pool pool, String runtime, String grade, ToDoubleFunction<PoolSnapshot.Runtime> count) {
    Gauge.builder(
            "kiln.pool.stems",
            pool,
            source ->
                source.snapshot().runtimes().stream()
                    .filter(state -> state.name().equals(runtime))
                    .mapToDouble(count)
                    .sum())
        .description("Sandboxes that wait for a function")
        .tags(Tags.of("runtime", runtime, "grade", grade))
        .register(registry);
  }

  private <T> void gauge(String name, String description, T source, ToDoubleFunction<T> value) {
    Gauge.builder(name, source, value).description(description).register(registry);
  }

  private <T> void counter(String name, String description, T source, ToDoubleFunction<T> value) {
    FunctionCounter.builder(name, source, value).description(description).register(registry);
  }
}
