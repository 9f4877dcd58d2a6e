package dev.kiln.gateway.invoke;

import dev.kiln.gateway.function.EventFormat;
import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.function.FunctionListener;
import dev.kiln.gateway.function.FunctionReference;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.pool.Pool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * What this node serves at the moment. A changed function takes effect here in this order: new
 * calls go to the new version; the old one lets nobody in; its calls end, by themselves within the
 * grace, else with an error; the pool forgets it. Only then is the change complete, so old code
 * never answers after it.
 */
public final class LiveFunctions implements FunctionListener {

  private final Map<FunctionId, LiveFunction> functions = new ConcurrentHashMap<>();
  private final VersionFactory versions;
  private final Pool pool;
  private final Duration grace;

  /**
   * Creates it, serving nothing.
   *
   * @param grace how long calls of a replaced version may go on
   */
  public LiveFunctions(VersionFactory versions, Pool pool, Duration grace) {
    this.versions = versions;
    this.pool = pool;
    this.grace = grace;
  }

  /** Returns how many calls of {@code id} may run at once. */
  int concurrency(FunctionId id) {
    return live(id).latest().engineVersion().concurrency();
  }

  /** Returns the shape of events that a request to the URL of {@code reference} becomes. */
  public EventFormat eventFormat(FunctionReference reference) {
    return live(reference.id())
        .resolve(reference.qualifier())
        .orElseThrow(() -> noVersion(reference))
        .version()
        .revision()
        .configuration()
        .eventFormat();
  }

  private static ProblemException noVersion(FunctionReference reference) {
    return ProblemException.of(
        ProblemCode.VERSION_NOT_FOUND,
        "Function " + reference.id().name() + " has no version or alias " + reference.qualifier());
  }

  /** Finds the version that {@code call} means and enters it there. */
  LiveVersion enter(Call call) {
    FunctionReference reference = call.reference();
    while (true) {
      LiveVersion version =
          live(reference.id())
              .resolve(reference.qualifier())
              .orElseThrow(() -> noVersion(reference));
      // Refused only if a change came between, which has already put its successor in place: this
      // ends.
      if (version.enter(call)) {
        return version;
      }
    }
  }

  private LiveFunction live(FunctionId id) {
    LiveFunction live = functions.get(id);
    if (live == null) {
      throw ProblemException.of(
          ProblemCode.FUNCTION_NOT_FOUND, "There is no function " + id.name());
    }
    return live;
  }

  @Override
  public CompletionStage<Void> changed(FunctionId id, Optional<Function> function) {
    Optional<LiveFunction> before = Optional.ofNullable(functions.get(id));
    Optional<LiveFunction> after = function.map(next -> renew(next, before));
    after.ifPresentOrElse(live -> functions.put(id, live), () -> functions.remove(id));
    List<LiveVersion> replaced =
        before.map(LiveFunction::close).orElse(List.of()).stream()
            .filter(version -> after.isEmpty() || after.get().latest() != version)
            .toList();
    CompletableFuture<?>[] drained =
        replaced.stream().map(this::drain).toArray(CompletableFuture[]::new);
    after.map(LiveFunction::latest).map(LiveVersion::engineVersion).ifPresent(pool::prepare);
    return CompletableFuture.allOf(drained);
  }

  private LiveFunction renew(Function function, Optional<LiveFunction> before) {
    return LiveFunction.of(
        function,
        latest(function, before.map(LiveFunction::latest)),
        (owner, version) -> new LiveVersion(version, versions.earlier(owner, version)));
  }

  /** What serves the same revision already goes on, unless it lacks a bundle that is there now. */
  private LiveVersion latest(Function function, Optional<LiveVersion> before) {
    Optional<LiveVersion> same = before.filter(version -> version.isStill(function.latest()));
    if (same.filter(LiveVersion::hasBundle).isPresent()) {
      return same.get();
    }
    LiveVersion made = new LiveVersion(function.latest(), versions.latest(function));
    return made.hasBundle() ? made : same.orElse(made);
  }

  private CompletableFuture<Void> drain(LiveVersion version) {
    CompletableFuture<Void> drained = version.close().toCompletableFuture();
    if (!drained.isDone()) {
      Executor later = CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS);
      later.execute(
          () ->
              version.expel(
                  ProblemException.of(
                      ProblemCode.SUPERSEDED,
                      "A deployment replaced the function; the call went on for "
                          + grace.toMillis()
                          + " ms after it")));
    }
    return drained.thenRun(() -> pool.retire(version.engineVersion().key()));
  }
}
