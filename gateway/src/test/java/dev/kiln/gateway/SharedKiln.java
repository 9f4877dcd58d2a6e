package dev.kiln.gateway;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the one Kiln that all of them share; it starts with the first and stops after the
 * last.
 */
final class SharedKiln implements ParameterResolver {

  private static final Path HOME = Path.of("target/kiln-home").toAbsolutePath();

  private record Stopping(RunningKiln kiln) implements AutoCloseable {
    @Override
    public void close() {
      kiln.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType().equals(RunningKiln.class);
  }

  @Override
  public RunningKiln resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(SharedKiln.class))
        .computeIfAbsent(
            RunningKiln.class,
            type -> new Stopping(RunningKiln.start(HOME, "kiln.deployment.grace=5s")),
            Stopping.class)
        .kiln();
  }
}
