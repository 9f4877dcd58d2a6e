package dev.kiln.load.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Runs {@code crun run} once for each line of its standard input and prints how long it took: until
 * the answer's first line came, and until crun had ended, in nanoseconds. A process of its own,
 * since it runs in another mount namespace than the benchmark, and a small one, so that starting a
 * child from it costs little.
 */
final class CrunLoop {

  private CrunLoop() {}

  /**
   * Runs the loop.
   *
   * @param arguments the bundle's folder
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    String bundle = arguments[0];
    long serial = ProcessHandle.current().pid() * 1_000_000L;
    while (requests.readLine() != null) {
      System.out.println(runOnce(bundle, "kiln-bench-" + serial++));
      System.out.flush();
    }
  }

  private static String runOnce(String bundle, String id) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "crun",
                "--cgroup-manager=cgroupfs",
                "--root",
                bundle + "/state",
                "run",
                "--bundle",
                bundle,
                id)
            .redirectErrorStream(true);
    long start = System.nanoTime();
    Process process = builder.start();
    InputStream output = process.getInputStream();
    int first = output.read();
    long answered = System.nanoTime();
    String rest = new String(output.readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    long ended = System.nanoTime();
    String text = (first < 0 ? "" : (char) first) + rest;
    if (status != 0 || !text.endsWith("}\n")) {
      return "failed " + status + " " + text.replace('\n', ' ');
    }
    return (answered - start) + " " + (ended - start);
  }
}
