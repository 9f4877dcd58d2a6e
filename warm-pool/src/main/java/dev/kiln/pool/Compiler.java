package dev.kiln.pool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.contract.Deadline;
import dev.kiln.contract.InvocationException;
import dev.kiln.contract.Isolation;
import dev.kiln.contract.framed.Bundle;
import dev.kiln.contract.framed.ConversationException;
import dev.kiln.pool.Pool.Compiled;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Compiles code inside a sandbox of its own: what parses a stranger's program is as locked in as
 * what runs it. To the ledger it is a call of a version that exists only for it.
 */
final class Compiler {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PROCESSES = 16;
  private static final long TMP_BYTES = 16L << 20;

  private final Ledger ledger;
  private final WarmPool pool;

  Compiler(Ledger ledger, WarmPool pool) {
    this.ledger = ledger;
    this.pool = pool;
  }

  CompletionStage<Compiled> compile(
      String runtime, String code, String handler, Deadline deadline) {
    EventLoop loop = ledger.loops.next();
    try {
      VersionStock stock =
          new VersionStock(
              version(runtime, code, handler, deadline),
              ledger.runtime(runtime),
              Isolation.FRESH,
              System.nanoTime());
      return pool.acquireWithCode(stock, deadline, loop)
          .thenCompose(holding -> compile(holding, handler, deadline, loop));
    } catch (InvocationException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Version version(String runtime, String code, String handler, Deadline deadline) {
    return new Version(
        "compiler/" + code,
        "compiler",
        code,
        "",
        runtime,
        handler,
        code,
        Optional.empty(),
        new byte[0],
        Map.of(),
        ledger.config.compileMemoryBytes(),
        0,
        PROCESSES,
        TMP_BYTES,
        deadline.timeout(),
        ledger.config.maxBundleBytes(),
        Isolation.FRESH,
        1,
        0);
  }

  private CompletionStage<Compiled> compile(
      Holding holding, String handler, Deadline deadline, EventLoop loop) {
    CompletableFuture<Compiled> result = new CompletableFuture<>();
    holding
        .resident()
        .sandbox
        .conversation()
        .compile(handler, ledger.config.maxBundleBytes(), deadline.remainingNanos())
        .whenComplete((bundle, error) -> finish(result, holding, bundle, error, loop));
    return result;
  }

  private void finish(
      CompletableFuture<Compiled> result,
      Holding holding,
      @Nullable Bundle bundle,
      @Nullable Throwable error,
      EventLoop loop) {
    if (bundle != null) {
      result.complete(new Compiled(bundle.bytes(), warnings(bundle.report())));
    } else if (error instanceof ConversationException broken) {
      Version version = holding.stock().version;
      holding.resident().sandbox.kill();
      new Autopsy(version, version.key(), version.timeout())
          .examine(broken, holding.resident().sandbox.exit(), loop)
          .thenAccept(result::completeExceptionally);
    } else {
      result.completeExceptionally(error);
    }
    pool.giveBack(holding, false);
  }

  /** Returns the array of warnings, or an empty one where the sandbox sent something else. */
  private static String warnings(String report) {
    try {
      JsonNode warnings = JSON.readTree(report).path("warnings");
      return warnings.isArray() ? warnings.toString() : "[]";
    } catch (JsonProcessingException e) {
      return "[]";
    }
  }
}
