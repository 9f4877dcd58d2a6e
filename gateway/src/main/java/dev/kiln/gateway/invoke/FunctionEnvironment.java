package dev.kiln.gateway.invoke;

import dev.kiln.gateway.function.Function;
import dev.kiln.gateway.function.FunctionConfiguration;
import dev.kiln.gateway.function.FunctionVersion;
import dev.kiln.gateway.function.ReservedVariables;
import java.util.HashMap;
import java.util.Map;

/**
 * The environment of a function's process: what AWS Lambda's documentation lists for runtimes, and
 * the owner's own variables. Credentials are dummies, so that clients which insist on some start.
 */
final class FunctionEnvironment {

  private FunctionEnvironment() {}

  static Map<String, String> of(Function function, FunctionVersion version, String region) {
    FunctionConfiguration configuration = version.revision().configuration();
    String name = function.id().name().value();
    Map<String, String> environment = new HashMap<>();
    environment.put("AWS_LAMBDA_FUNCTION_NAME", name);
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", Integer.toString(version.number()));
    environment.put(
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(configuration.memoryMegabytes()));
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    environment.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + name);
    environment.put(
        "AWS_LAMBDA_LOG_STREAM_NAME", "[" + version.number() + "]" + version.revision().id());
    environment.put("AWS_REGION", region);
    environment.put("AWS_DEFAULT_REGION", region);
    environment.put("AWS_EXECUTION_ENV", "AWS_Lambda_" + configuration.runtime());
    environment.put("AWS_ACCESS_KEY_ID", "kiln");
    environment.put("AWS_SECRET_ACCESS_KEY", "kiln");
    environment.put("AWS_SESSION_TOKEN", "kiln");
    environment.put("_HANDLER", configuration.handler());
    environment.put("LAMBDA_TASK_ROOT", "/var/task");
    environment.put("LAMBDA_RUNTIME_DIR", "/var/runtime");
    environment.put("TZ", ":UTC");
    environment.put("LANG", "C.UTF-8");
    environment.put("HOME", "/tmp");
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin");
    environment.put("LD_LIBRARY_PATH", "/var/task:/var/task/lib:/opt/lib");
    environment.put("PYTHONPATH", "/opt/python:/opt");
    configuration
        .environment()
        .forEach(
            (variable, value) -> {
              if (!ReservedVariables.isReserved(variable)) {
                environment.put(variable, value);
              }
            });
    return environment;
  }
}
