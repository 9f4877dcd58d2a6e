package dev.kiln.gateway.deploy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionConfiguration;
import dev.kiln.gateway.function.FunctionConflictException;
import dev.kiln.gateway.function.FunctionId;
import dev.kiln.gateway.function.FunctionService;
import dev.kiln.gateway.function.Revision;
import dev.kiln.gateway.function.StoreUnavailableException;
import dev.kiln.gateway.problem.ProblemCode;
import dev.kiln.gateway.problem.ProblemException;
import dev.kiln.image.Digest;
import dev.kiln.image.archive.ArchiveRefusedException;
import dev.kiln.image.code.CodeStore;
import dev.kiln.image.code.StoredCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Deploys functions: check → store → compile → activate. Nothing is changed before everything the
 * caller sent was checked; what a failure leaves behind is code that nothing refers to, which is
 * collected. Methods block.
 */
public final class Deployments {

  private static final Logger LOG = Logger.getLogger(Deployments.class);

  private final FunctionService functions;
  private final CodeStore codes;
  private final Bundles bundles;
  private final int versionsKept;

  /** Creates it; of each function the last {@code versionsKept} versions stay. */
  public Deployments(
      FunctionService functions, CodeStore codes, Bundles bundles, int versionsKept) {
    this.functions = functions;
    this.codes = codes;
    this.bundles = bundles;
    this.versionsKept = versionsKept;
  }

  /** Makes {@code id} be what {@code archive} and {@code change} say, whether or not it exists. */
  public Deployment put(FunctionId id, ConfigurationChange change, Path archive) {
    return reportingProblems(
        () -> {
          FunctionConfiguration configuration = change.toWhole();
          try (StoredCode code = store(archive)) {
            ArrayNode warnings = compile(id, code.digest(), configuration);
            return activate(
                id,
                before -> revision(configuration, code.digest(), code.size().bytes()),
                warnings);
          }
        });
  }

  /** Changes what {@code change} mentions, and the code if there is an {@code archive}. */
  public Deployment patch(FunctionId id, ConfigurationChange change, Optional<Path> archive) {
    return reportingProblems(
        () -> {
          Revision current = functions.find(id).orElseThrow(() -> notFound(id)).latest().revision();
          if (archive.isEmpty()) {
            return patch(id, change, current, current.code(), current.codeBytes());
          }
          try (StoredCode code = store(archive.get())) {
            return patch(id, change, current, code.digest(), code.size().bytes());
          }
        });
  }

  private Deployment patch(
      FunctionId id, ConfigurationChange change, Revision current, Digest code, long bytes) {
    ArrayNode warnings = compile(id, code, change.applyTo(current.configuration()));
    boolean keepsCode = code.equals(current.code());
    return activate(
        id,
        before -> {
          Revision base = before.orElseThrow(() -> notFound(id)).latest().revision();
          FunctionConfiguration configuration = change.applyTo(base.configuration());
          return keepsCode
              ? revision(configuration, base.code(), base.codeBytes())
              : revision(configuration, code, bytes);
        },
        warnings);
  }

  /** Removes a function; once this returns it does not answer any more. */
  public void delete(FunctionId id) {
    reportingProblems(
        () -> {
          functions.change(
              id,
              before -> {
                if (before.isEmpty()) {
                  throw notFound(id);
                }
                return Optional.empty();
              });
          return id;
        });
  }

  /** Removes the code and the bundles that no version of any function needs. */
  public void collectGarbage() {
    try {
      codes.collect(functions::codes);
      bundles.retain(functions.codes());
    } catch (IOException e) {
      LOG.warn("Code that nothing refers to could not be removed", e);
    }
  }

  private StoredCode store(Path archive) {
    try {
      return codes.add(archive);
    } catch (ArchiveRefusedException e) {
      throw ProblemException.of(ProblemCode.INVALID_ARCHIVE, e.getMessage(), e.refusal().remedy());
    } catch (IOException e) {
      throw new UncheckedIOException("Code cannot be written to Kiln's state directory", e);
    }
  }

  private ArrayNode compile(FunctionId id, Digest code, FunctionConfiguration configuration) {
    boolean unchanged =
        functions
            .find(id)
            .map(function -> function.latest().revision())
            .filter(revision -> revision.consistsOf(code, configuration))
            .isPresent();
    return unchanged && bundles.has(code, configuration)
        ? JsonNodeFactory.instance.arrayNode()
        : bundles.compile(code, configuration);
  }

  /**
   * Compiles what has no bundle: code that was deployed while no sandbox was free, or for an image
   * that was replaced.
   */
  public void compileMissing() {
    for (Function function : functions.list()) {
      Revision revision = function.latest().revision();
      if (!bundles.has(revision.code(), revision.configuration())) {
        bundles.compile(revision.code(), revision.configuration());
        functions.refresh(function.id());
      }
    }
  }

  private Deployment activate(
      FunctionId id,
      java.util.function.Function<Optional<Function>, Revision> revision,
      ArrayNode warnings) {
    AtomicReference<Optional<Function>> replaced = new AtomicReference<>(Optional.empty());
    Function function =
        functions
            .change(
                id,
                before -> {
                  replaced.set(before);
                  return Optional.of(successor(id, before, revision.apply(before)));
                })
            .orElseThrow();
    functions.refresh(id); // where only a bundle was made that had been missing
    if (replaced
        .get()
        .filter(before -> !function.codes().containsAll(before.codes()))
        .isPresent()) {
      collectGarbage();
    }
    return new Deployment(function, replaced.get().isEmpty(), warnings);
  }

  private Function successor(FunctionId id, Optional<Function> before, Revision next) {
    if (before.isEmpty()) {
      return Function.create(id, next);
    }
    boolean same = before.get().latest().revision().consistsOf(next.code(), next.configuration());
    return same ? before.get() : before.get().publish(next, versionsKept);
  }

  private static Revision revision(FunctionConfiguration configuration, Digest code, long bytes) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return new Revision(UUID.randomUUID().toString(), configuration, code, bytes, now);
  }

  private static ProblemException notFound(FunctionId id) {
    return ProblemException.of(ProblemCode.FUNCTION_NOT_FOUND, "There is no function " + id.name());
  }

  private static <T> T reportingProblems(Supplier<T> work) {
    try {
      return work.get();
    } catch (StoreUnavailableException e) {
      LOG.warnf("A function cannot be changed: %s", e.getMessage());
      throw ProblemException.of(
          ProblemCode.STORE_UNAVAILABLE, "The store of functions cannot be reached");
    } catch (FunctionConflictException e) {
      throw ProblemException.of(ProblemCode.CONFLICT, e.getMessage());
    }
  }
}
