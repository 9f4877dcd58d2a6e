package dev.kiln.pool;

import dev.kiln.contract.Deadline;
import dev.kiln.contract.framed.ConversationException;
import dev.kiln.sandbox.Sandbox;
import dev.kiln.sandbox.SandboxState;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Makes a sandbox a template: leases one and has it initialise the function.
 *
 * @param stock the version's
 * @param deadline by when it must have done so
 * @param loop where everything happens
 */
record TemplateStart(VersionStock stock, Templates host, Deadline deadline, EventLoop loop) {

  /** Begins; completes exceptionally with what each call that waits for the template is told. */
  CompletionStage<Holding> begin() {
    return host.acquireWithCode(stock, deadline, loop).thenCompose(this::load);
  }

  private CompletionStage<Holding> load(Holding holding) {
    CompletableFuture<Holding> result = new CompletableFuture<>();
    holding
        .resident()
        .sandbox
        .conversation()
        .load(stock.load, deadline.remainingNanos())
        .whenComplete((micros, error) -> loaded(result, holding, micros, error));
    return result;
  }

  private void loaded(
      CompletableFuture<Holding> result,
      Holding holding,
      @Nullable Long micros,
      @Nullable Throwable error) {
    Resident resident = holding.resident();
    if (micros != null) {
      resident.loaded = true;
      resident.initMicros = micros;
      resident.sandbox.move(SandboxState.BUSY, SandboxState.TEMPLATE);
      result.complete(holding);
      return;
    }
    if (error instanceof ConversationException broken) {
      examine(resident.sandbox, broken).thenAccept(result::completeExceptionally);
    } else {
      result.completeExceptionally(Autopsy.unwrapped(error));
    }
    host.giveBack(holding);
  }

  private CompletionStage<? extends Throwable> examine(
      Sandbox sandbox, ConversationException broken) {
    sandbox.kill();
    return new Autopsy(stock.version, stock.version.key(), deadline.timeout())
        .examine(broken, sandbox.exit(), loop);
  }
}
