package dev.kiln.pool;

import dev.kiln.contract.Isolation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Makes versions for tests: what is not said is small and ordinary. */
final class TestingVersions {

  private final String runtime;
  private String code = "0".repeat(64);
  private String handler = "app.handler";
  private byte[] bundle = new byte[0];
  private Map<String, String> environment = Map.of("PATH", "/usr/bin");
  private long memoryBytes = 128L << 20;
  private int processes = 64;
  private Duration timeout = Duration.ofSeconds(10);
  private int maxAnswerBytes = 1 << 20;
  private Isolation isolation = Isolation.REUSE;
  private int concurrency = 4;
  private int minWarm;

  private TestingVersions(String runtime) {
    this.runtime = runtime;
  }

  static TestingVersions of(String runtime) {
    return new TestingVersions(runtime);
  }

  TestingVersions code(String digest) {
    code = digest;
    return this;
  }

  TestingVersions handler(String name) {
    handler = name;
    return this;
  }

  TestingVersions bundle(byte[] bytes) {
    bundle = bytes;
    return this;
  }

  TestingVersions environment(Map<String, String> variables) {
    environment = variables;
    return this;
  }

  TestingVersions memoryMb(int megabytes) {
    memoryBytes = (long) megabytes << 20;
    return this;
  }

  TestingVersions processes(int most) {
    processes = most;
    return this;
  }

  TestingVersions timeout(Duration most) {
    timeout = most;
    return this;
  }

  TestingVersions maxAnswerBytes(int most) {
    maxAnswerBytes = most;
    return this;
  }

  TestingVersions isolation(Isolation kind) {
    isolation = kind;
    return this;
  }

  TestingVersions concurrency(int most) {
    concurrency = most;
    return this;
  }

  TestingVersions minWarm(int least) {
    minWarm = least;
    return this;
  }

  Version named(String name) {
    return new Version(
        "000000000000/" + name + ":1",
        name,
        "1",
        "arn:aws:lambda:local:000000000000:function:" + name,
        runtime,
        handler,
        code,
        Optional.empty(),
        bundle,
        environment,
        memoryBytes,
        0,
        processes,
        16L << 20,
        timeout,
        maxAnswerBytes,
        isolation,
        concurrency,
        minWarm);
  }
}
