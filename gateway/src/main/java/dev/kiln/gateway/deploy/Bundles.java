package dev.kiln.gateway.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kiln.contract.Deadline;
import dev.kiln.gateway.function.FunctionConfiguration;
import dev.kiln.gateway.function.Revision;
import dev.kiln.image.Digest;
import dev.kiln.image.code.BundleKey;
import dev.kiln.image.code.BundleStore;
import dev.kiln.pool.Pool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/**
 * The compiled forms of functions' code. They are a cache that makes first calls quicker: a
 * function whose code does not compile, or whose compiler failed, is deployed without, and its
 * modules are imported when it is called.
 */
public final class Bundles {

  private static final Logger LOG = Logger.getLogger(Bundles.class);
  private static final byte[] NONE = {};
  private static final JsonMapper MAPPER = new JsonMapper();

  private final BundleStore store;
  private final Pool pool;
  private final Map<String, Digest> images;
  private final Duration timeout;
  private final int maxBytes;

  /**
   * Creates it.
   *
   * @param runtimes the runtimes' images: another interpreter needs other bundles
   * @param timeout how long a compilation may take
   * @param maxBytes bundles are held in memory while their function is live; larger ones are not
   *     kept
   */
  public Bundles(BundleStore store, Pool pool, Runtimes runtimes, Duration timeout, int maxBytes) {
    this.store = store;
    this.pool = pool;
    this.images = runtimes.digests();
    this.timeout = timeout;
    this.maxBytes = maxBytes;
  }

  /** Returns the bundle of {@code revision}, or no bytes if there is none. */
  public byte[] find(Revision revision) {
    try {
      return store.find(key(revision.code(), revision.configuration())).orElse(NONE);
    } catch (IOException e) {
      LOG.warnf(
          e,
          "The bundle of revision %s cannot be read: its modules are imported instead",
          revision.id());
      return NONE;
    }
  }

  /** Returns whether code of {@code configuration} needs no compilation any more. */
  boolean has(Digest code, FunctionConfiguration configuration) {
    try {
      return store.find(key(code, configuration)).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /** Compiles {@code code} and returns the warnings, an array of {@code {file, line, message}}. */
  public ArrayNode compile(Digest code, FunctionConfiguration configuration) {
    try {
      Pool.Compiled compiled =
          pool.compile(
                  configuration.runtime(),
                  code.hex(),
                  configuration.handler(),
                  Deadline.in(timeout))
              .toCompletableFuture()
              .join();
      if (compiled.bundle().length <= maxBytes) {
        store.put(key(code, configuration), compiled.bundle());
      }
      return warnings(compiled.warnings());
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      LOG.infof("Code %s was not compiled: %s", code, cause.getMessage());
      return warning(
          "The code was not compiled ahead, so first calls are slower: " + cause.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("A bundle cannot be written to Kiln's state directory", e);
    }
  }

  /** Removes the bundles of all code but {@code code}. */
  void retain(Set<Digest> code) throws IOException {
    store.retain(code);
  }

  private BundleKey key(Digest code, FunctionConfiguration configuration) {
    String runtime = configuration.runtime();
    return new BundleKey(
        code, images.getOrDefault(runtime, Digest.ofContent(runtime)), configuration.handler());
  }

  private static ArrayNode warnings(String json) {
    try {
      JsonNode warnings = MAPPER.readTree(json);
      return warnings instanceof ArrayNode array ? array : JsonNodeFactory.instance.arrayNode();
    } catch (JsonProcessingException e) {
      return warning("The compiler's warnings cannot be read");
    }
  }

  private static ArrayNode warning(String message) {
    ArrayNode warnings = JsonNodeFactory.instance.arrayNode();
    warnings.addObject().put("message", message);
    return warnings;
  }
}
