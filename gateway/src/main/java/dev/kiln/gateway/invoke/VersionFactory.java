package dev.kiln.gateway.invoke;

import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionConfiguration;
import dev.kiln.gateway.function.FunctionVersion;
import dev.kiln.gateway.function.Revision;
import dev.kiln.pool.Version;
import java.util.Optional;

/**
 * Makes of a function's version what the engine must know of it. Its key holds more than the
 * number: the revision, since a function that is removed and made again counts from 1 again, and
 * whether there is a bundle. So the pool never takes one for the other, and may forget the one
 * while the other is called.
 */
public final class VersionFactory {

  private static final int REVISION_DIGITS = 8;
  private static final byte[] NO_BUNDLE = {};
  private static final String WITHOUT_BUNDLE = "-plain";

  private final VersionSettings settings;
  private final java.util.function.Function<Revision, byte[]> bundles;

  /**
   * Creates it.
   *
   * @param bundles returns a revision's compiled bundle, or no bytes where there is none; may block
   */
  public VersionFactory(
      VersionSettings settings, java.util.function.Function<Revision, byte[]> bundles) {
    this.settings = settings;
    this.bundles = bundles;
  }

  /** Returns the latest version of {@code function}, with its bundle; reads a file. */
  Version latest(Function function) {
    return version(function, function.latest(), bundles.apply(function.latest().revision()));
  }

  /**
   * Returns another version; without its bundle, since this happens on event loops: its modules are
   * imported.
   */
  Version earlier(Function function, FunctionVersion version) {
    return version(function, version, NO_BUNDLE);
  }

  private Version version(Function function, FunctionVersion version, byte[] bundle) {
    Revision revision = version.revision();
    FunctionConfiguration configuration = revision.configuration();
    return new Version(
        key(function, version) + (bundle.length == 0 ? WITHOUT_BUNDLE : ""),
        function.id().name().value(),
        Integer.toString(version.number()),
        function.id().arn(settings.region()),
        configuration.runtime(),
        configuration.handler(),
        revision.code().hex(),
        Optional.empty(),
        bundle,
        FunctionEnvironment.of(function, version, settings.region()),
        bytes(configuration.memoryMegabytes()),
        settings.cpuMillis(configuration.memoryMegabytes()),
        settings.processes(),
        bytes(configuration.tmpMegabytes()),
        configuration.timeout(),
        settings.maxAnswerBytes(),
        configuration.isolation(),
        Math.min(configuration.concurrency(), settings.concurrencyMax()),
        configuration.minWarm());
  }

  private static String key(Function function, FunctionVersion version) {
    String revision = version.revision().id();
    return function.id()
        + ":"
        + version.number()
        + "@"
        + revision.substring(0, Math.min(REVISION_DIGITS, revision.length()));
  }

  private static long bytes(int megabytes) {
    return (long) megabytes << 20;
  }
}
