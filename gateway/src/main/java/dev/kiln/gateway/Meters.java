package dev.kiln.gateway;

import dev.kiln.gateway.admission.Admission;
import dev.kiln.gateway.deploy.Runtimes;
import dev.kiln.gateway.function.FunctionService;
import dev.kiln.gateway.function.FunctionStore;
import dev.kiln.gateway.http.ByteBudget;
import dev.kiln.gateway.log.FunctionLogs;
import dev.kiln.gateway.observe.NodeMetrics;
import dev.kiln.pool.Pool;
import jakarta.inject.Singleton;

/** Has what each part counts registered as meters, once. */
@Singleton
final class Meters {

  private final NodeMetrics metrics;
  private final Admission admission;
  private final ByteBudget events;
  private final FunctionService functions;
  private final FunctionStore store;
  private final FunctionLogs logs;
  private final Pool pool;
  private final Runtimes runtimes;

  Meters(
      NodeMetrics metrics,
      Admission admission,
      ByteBudget events,
      FunctionService functions,
      FunctionStore store,
      FunctionLogs logs,
      Pool pool,
      Runtimes runtimes) {
    this.metrics = metrics;
    this.admission = admission;
    this.events = events;
    this.functions = functions;
    this.store = store;
    this.logs = logs;
    this.pool = pool;
    this.runtimes = runtimes;
  }

  void register() {
    metrics.admission(admission, events);
    metrics.functions(functions, store, logs);
    metrics.pool(pool, runtimes);
  }
}
