package dev.kiln.host;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prints what this host and this JVM can do for Kiln, as a table with the mend of what they cannot.
 * Exits with 1 where Kiln does not run.
 */
public final class Doctor {

  private static final int USAGE = 2;

  private Doctor() {}

  /**
   * Examines and prints.
   *
   * @param arguments the launcher's path
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("usage: Doctor LAUNCHER");
      System.exit(USAGE);
    }
    List<Finding> findings = new ArrayList<>(host(Path.of(arguments[0])));
    findings.addAll(VirtualMachine.examine());
    print(findings, System.out);
    boolean runs = findings.stream().noneMatch(f -> f.state() == Finding.State.MISSING);
    System.exit(runs ? 0 : 1);
  }

  /** Asks the launcher, which says of the host what it also checks at every start. */
  static List<Finding> host(Path launcher) throws IOException {
    Process process =
        new ProcessBuilder(launcher.toString(), "--doctor")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<Finding> findings = report.lines().map(Finding::parse).flatMap(Optional::stream).toList();
    return findings.isEmpty()
        ? List.of(Finding.missing("launcher", launcher + " says nothing: build it again"))
        : findings;
  }

  static void print(List<Finding> findings, PrintStream out) {
    int name = width(findings.stream().map(Finding::name).toList());
    int state = width(findings.stream().map(finding -> finding.state().label()).toList());
    String line = "%-" + name + "s  %-" + state + "s  %s%n";
    for (Finding finding : findings) {
      out.printf(line, finding.name(), finding.state().label(), finding.detail());
    }
  }

  private static int width(List<String> words) {
    return words.stream().mapToInt(String::length).max().orElse(1);
  }
}
