package dev.kiln.load.command;

import dev.kiln.load.kiln.Kilns;
import dev.kiln.load.kiln.RunningKiln;
import dev.kiln.load.kiln.StartedKilns;
import dev.kiln.load.machine.MachineFacts;
import dev.kiln.load.process.Checkout;
import dev.kiln.load.report.BenchReport;
import dev.kiln.load.report.Figure;
import dev.kiln.load.report.JsonWriter;
import dev.kiln.load.report.TableWriter;
import dev.kiln.load.run.Target;
import dev.kiln.load.scenario.Bench;
import dev.kiln.load.scenario.Scale;
import dev.kiln.load.scenario.Scenario;
import dev.kiln.load.scenario.Scenarios;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code kiln-bench}: takes the figures that Kiln promises and prints them beside their goals. Exit
 * status 0 when every goal was met, 1 when one was missed, 2 when something could not be measured.
 */
@Command(
    name = "kiln-bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures start-up times, throughput and memory of Kiln and prints them beside their goals and baselines.",
      "",
      "Calls come by schedule, and their latency counts from when they were due. What Kiln is compared with (a bare REST"
          + " echo, crun) runs in turns with it, in the same run. See docs/performance.md."
    })
public final class BenchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Where where;

  /** Exactly one of the two. */
  private static final class Where {

    @Option(
        names = "--url",
        paramLabel = "URL",
        description =
            "Measure the Kiln that runs there. Figures that need other settings are left out.")
    private URI url;

    @Option(
        names = "--start",
        description =
            "Start Kiln from this checkout in a temporary home, with the settings that each figure needs.")
    private boolean start;
  }

  @Option(
      names = "--quick",
      description = "A few minutes instead of twenty; goals are stated for the full length.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description = "Take only these figures; --list names them.")
  private List<String> only = List.of();

  @Option(names = "--list", help = true, description = "List the figures and stop.")
  private boolean list;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write everything as JSON.")
  private Path json;

  @Option(
      names = "--rootfs",
      paramLabel = "FOLDER",
      description = "Root file system of the Python runtime, for crun; known with --start.")
  private Path rootfs;

  @Option(
      names = "--checkout",
      paramLabel = "FOLDER",
      defaultValue = ".",
      description = "Where Kiln's sources and builds are (default: the current folder).")
  private Path checkout;

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (list) {
      Scenarios.all().forEach(s -> out().printf("%-18s %s%n", s.name(), s.title()));
      return 0;
    }
    List<Scenario> scenarios = chosen();
    MachineFacts machine = MachineFacts.read();
    Instant started = Instant.now();
    BenchReport report =
        new BenchReport(
            started,
            spec.commandLine().getParseResult().originalArgs(),
            machine,
            measure(scenarios));
    out().println();
    out().print(TableWriter.write(report));
    out().flush();
    if (json != null) {
      Files.writeString(json, JsonWriter.write(report));
    }
    return exitStatus(report);
  }

  private List<Scenario> chosen() {
    try {
      return Scenarios.named(only);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private List<Figure> measure(List<Scenario> scenarios) throws InterruptedException {
    try (Bench bench = bench()) {
      Thread hook = new Thread(bench::close, "close bench");
      Runtime.getRuntime().addShutdownHook(hook);
      List<Figure> figures = new ArrayList<>();
      for (Scenario scenario : scenarios) {
        figures.add(measure(bench, scenario));
      }
      Runtime.getRuntime().removeShutdownHook(hook);
      return figures;
    }
  }

  private Figure measure(Bench bench, Scenario scenario) throws InterruptedException {
    say(scenario.title());
    Figure figure;
    try {
      figure = scenario.measure(bench);
    } catch (RuntimeException e) {
      // One figure that cannot be taken must not cost those that were taken before it.
      figure =
          Figure.notMeasured(scenario.name(), scenario.title(), String.valueOf(e.getMessage()));
    }
    out().print(TableWriter.write(figure));
    out().flush();
    return figure;
  }

  private Bench bench() {
    Checkout sources = new Checkout(checkout.toAbsolutePath().normalize());
    Scale scale = quick ? Scale.QUICK : Scale.FULL;
    if (where.start) {
      StartedKilns kilns = new StartedKilns(sources);
      return new Bench(
          scale, kilns, sources, kilns.home().resolve("images/python3.11/rootfs"), this::say);
    }
    Kilns kilns = new RunningKiln(Target.of(where.url));
    Path root = rootfs == null ? sources.root().resolve(".kiln/images/python3.11/rootfs") : rootfs;
    return new Bench(scale, kilns, sources, root, this::say);
  }

  private static int exitStatus(BenchReport report) {
    if (report.figures().stream().anyMatch(figure -> figure.voided().isPresent())) {
      return 2;
    }
    return report.met() ? 0 : 1;
  }

  private void say(String sentence) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("… " + sentence);
    err.flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
