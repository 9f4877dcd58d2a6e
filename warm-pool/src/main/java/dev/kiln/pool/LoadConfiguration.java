package dev.kiln.pool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.kiln.contract.Isolation;
import dev.kiln.contract.framed.LoadFrame;
import java.util.Locale;
import java.util.Map;

/** What a sandbox is told of the version that it initialises, as docs/framed.md has it. */
record LoadConfiguration(
    String handler,
    String functionName,
    String functionVersion,
    String functionArn,
    long memoryMb,
    String logGroup,
    String logStream,
    Map<String, String> environment,
    int maxAnswerBytes,
    String isolation) {

  private static final ObjectWriter WRITER = new ObjectMapper().writerFor(LoadConfiguration.class);

  static LoadFrame frame(Version version, Isolation isolation) {
    LoadConfiguration configuration =
        new LoadConfiguration(
            version.handler(),
            version.functionName(),
            version.functionVersion(),
            version.functionArn(),
            version.memoryBytes() >> 20,
            "/aws/lambda/" + version.functionName(),
            version.environment().getOrDefault("AWS_LAMBDA_LOG_STREAM_NAME", version.key()),
            version.environment(),
            version.maxAnswerBytes(),
            isolation.name().toLowerCase(Locale.ROOT));
    try {
      return new LoadFrame(WRITER.writeValueAsBytes(configuration), version.bundle());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of strings and numbers is always JSON", e);
    }
  }
}
