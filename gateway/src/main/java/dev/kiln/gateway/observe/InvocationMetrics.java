package dev.kiln.gateway.observe;

import dev.kiln.contract.StartType;
import dev.kiln.gateway.invoke.Call;
import dev.kiln.gateway.invoke.InvocationListener;
import dev.kiln.gateway.invoke.Step;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Counts and times calls. Every meter is registered ahead, so that a call only adds numbers; there
 * is none for each function, because there may be any number of functions.
 */
@Singleton
public final class InvocationMetrics implements InvocationListener {

  private static final Duration[] BUCKETS = {
    Duration.ofNanos(250_000), Duration.ofNanos(500_000), Duration.ofMillis(1),
        Duration.ofMillis(2),
    Duration.ofMillis(4), Duration.ofMillis(10), Duration.ofMillis(30), Duration.ofMillis(100),
    Duration.ofMillis(300), Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(10),
    Duration.ofSeconds(60)
  };

  private final Map<StartType, Timer> answered = new EnumMap<>(StartType.class);
  private final Map<ProblemCode, Counter> failed = new EnumMap<>(ProblemCode.class);
  private final Map<Step, Timer> steps = new EnumMap<>(Step.class);

  private volatile boolean counting;

  InvocationMetrics(MeterRegistry registry) {
    for (StartType type : StartType.values()) {
      answered.put(
          type,
          Timer.builder("kiln.invocation")
              .description("Calls that were answered, from the request's head to the answer")
              .tag("start", type.label())
              .serviceLevelObjectives(BUCKETS)
              .register(registry));
    }
    for (ProblemCode code : ProblemCode.values()) {
      failed.put(
          code,
          Counter.builder("kiln.invocation.failed")
              .description("Calls that ended with a problem")
              .tag("code", code.label())
              .tag("class", code.problemClass().label())
              .register(registry));
    }
    for (Step step : Step.values()) {
      steps.put(
          step,
          Timer.builder("kiln.invocation.step")
              .description("Each step of calls that were answered")
              .tag("step", step.label())
              .register(registry));
    }
  }

  /** Counts from now on: what came before were the gateway's own calls. */
  public void begin() {
    counting = true;
  }

  @Override
  public void ended(Call call, Optional<ProblemException> problem) {
    if (!counting) {
      return;
    }
    if (problem.isPresent()) {
      failed.get(problem.get().code()).increment();
      return;
    }
    call.startType()
        .ifPresent(type -> answered.get(type).record(call.totalMicros(), TimeUnit.MICROSECONDS));
    for (Map.Entry<Step, Timer> step : steps.entrySet()) {
      step.getValue().record(call.micros(step.getKey()), TimeUnit.MICROSECONDS);
    }
  }
}
