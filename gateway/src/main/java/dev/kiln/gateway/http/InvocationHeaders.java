package dev.kiln.gateway.http;

import dev.kiln.contract.StartType;
import dev.kiln.gateway.invoke.Call;
import dev.kiln.gateway.invoke.Step;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;

/**
 * The headers by which an answer says which call it belongs to, how its sandbox started and how
 * long it all took.
 */
public final class InvocationHeaders {

  /** The call's id, which log lines carry too. */
  public static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("Kiln-Request-Id");

  /** The request's header that carries the caller's trace. */
  public static final CharSequence TRACE_ID = HttpHeaders.createOptimized("X-Amzn-Trace-Id");

  private static final CharSequence START_TYPE = HttpHeaders.createOptimized("Kiln-Start-Type");
  private static final CharSequence VERSION = HttpHeaders.createOptimized("Kiln-Version");
  private static final CharSequence SERVER_TIMING = HttpHeaders.createOptimized("Server-Timing");
  private static final int TIMING_LENGTH = 256;
  private static final int MICROS_PER_MILLI = 1_000;

  private InvocationHeaders() {}

  /** Adds what is known of {@code call}. */
  public static void put(HttpServerResponse response, Call call) {
    response.putHeader(REQUEST_ID, call.requestId());
    call.startType().ifPresent(type -> response.putHeader(START_TYPE, label(type)));
    if (call.versionNumber() > 0) {
      response.putHeader(VERSION, Integer.toString(call.versionNumber()));
    }
    response.putHeader(SERVER_TIMING, timing(call));
  }

  /**
   * Returns the phases as {@code name;dur=milliseconds}: the path's steps, within {@code lease}
   * what the pool did, within {@code send} what the sandbox spent on initialisation and in the
   * handler, and the total.
   */
  private static String timing(Call call) {
    StringBuilder text = new StringBuilder(TIMING_LENGTH);
    for (Step step : Step.values()) {
      append(text, step.label(), call.micros(step));
    }
    for (Map.Entry<String, Long> phase : call.leasePhases().entrySet()) {
      if (!phase.getKey().equals(Step.LEASE.label())) {
        append(text, phase.getKey(), phase.getValue());
      }
    }
    append(text, "total", call.totalMicros());
    return text.toString();
  }

  private static void append(StringBuilder text, String name, long micros) {
    if (!text.isEmpty()) {
      text.append(", ");
    }
    text.append(name).append(";dur=").append(micros / MICROS_PER_MILLI).append('.');
    long fraction = micros % MICROS_PER_MILLI;
    text.append((char) ('0' + fraction / 100))
        .append((char) ('0' + fraction / 10 % 10))
        .append((char) ('0' + fraction % 10));
  }

  private static CharSequence label(StartType type) {
    return switch (type) {
      case WARM -> "warm";
      case PREWARMED -> "prewarmed";
      case FORKED -> "forked";
      case COLD -> "cold";
    };
  }
}
