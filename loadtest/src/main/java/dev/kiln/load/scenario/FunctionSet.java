package dev.kiln.load.scenario;

import dev.kiln.load.kiln.FunctionCode;
import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.KilnApi;
import dev.kiln.load.run.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Functions that were deployed for one scenario and go when it ends. Each has code of its own: the
 * serial in it comes from the clock, so that the code was never seen before, in this run or in an
 * earlier one.
 */
final class FunctionSet implements AutoCloseable {

  private static final int DEPLOYMENTS_AT_ONCE = 2;

  private final Kiln kiln;
  private final List<String> names;

  private FunctionSet(Kiln kiln, List<String> names) {
    this.kiln = kiln;
    this.names = names;
  }

  /** Deploys {@code count} functions. */
  static FunctionSet deploy(Kiln kiln, FunctionCode code, String isolation, int count)
      throws InterruptedException {
    String run = Long.toString(System.currentTimeMillis(), 36);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("bench-" + run + "-" + i);
    }
    FunctionSet set = new FunctionSet(kiln, List.copyOf(names));
    try {
      set.forEach(name -> kiln.api().deploy(name, code.zip(name), isolation));
    } catch (RuntimeException | InterruptedException e) {
      set.close();
      throw e;
    }
    return set;
  }

  /** Returns how many there are. */
  int size() {
    return names.size();
  }

  /** Returns the call of one of them. */
  Request request(int index) {
    return Request.postJson(
        kiln.target(), KilnApi.invocationPath(names.get(index)), FunctionCode.EVENT);
  }

  @Override
  public void close() {
    try {
      forEach(name -> kiln.api().removeIfPresent(name));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Step {
    void apply(String name) throws InterruptedException;
  }

  private void forEach(Step step) throws InterruptedException {
    ExecutorService workers = Executors.newFixedThreadPool(DEPLOYMENTS_AT_ONCE);
    try {
      List<Callable<Void>> steps = new ArrayList<>();
      for (String name : names) {
        steps.add(
            () -> {
              step.apply(name);
              return null;
            });
      }
      for (Future<Void> done : workers.invokeAll(steps)) {
        done.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } finally {
      workers.shutdownNow();
    }
  }
}
