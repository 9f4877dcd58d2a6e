package dev.kiln.gateway;

import io.netty.channel.unix.Errors.NativeIoException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.net.BindException;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Where the gateway's process begins. Quarkus' own words on a start that failed are switched off
 * (see {@code application.properties}), and said here: what an operator can mend in one line,
 * anything else with its stack trace.
 */
@QuarkusMain
public final class Main {

  private static final Logger LOG = Logger.getLogger(Main.class);

  /** EADDRINUSE, as Netty has it. */
  private static final int ADDRESS_IN_USE = -98;

  private Main() {}

  /** Serves until the process is told to end; its status is not zero if it could not start. */
  public static void main(String... arguments) {
    Quarkus.run(null, Main::ended, arguments);
  }

  private static void ended(int status, @Nullable Throwable failure) {
    if (failure != null && isPortTaken(failure)) {
      Config config = ConfigProvider.getConfig();
      LOG.errorf(
          "Kiln cannot listen on %s, port %s: something else does, perhaps another Kiln."
              + " End that, or choose another port with KILN_PORT=…",
          config.getValue("quarkus.http.host", String.class),
          config.getValue("quarkus.http.port", String.class));
    } else if (failure != null) {
      LOG.error("Kiln could not start", failure);
    }
    System.exit(status);
  }

  /** The native transport has an exception of its own for it. */
  private static boolean isPortTaken(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .anyMatch(
            cause ->
                cause instanceof BindException
                    || cause instanceof NativeIoException error
                        && error.expectedErr() == ADDRESS_IN_USE);
  }
}
