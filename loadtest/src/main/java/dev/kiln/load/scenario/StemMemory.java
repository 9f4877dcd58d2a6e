package dev.kiln.load.scenario;

import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.PoolPicture;
import dev.kiln.load.kiln.Settings;
import dev.kiln.load.report.Figure;
import dev.kiln.load.report.Goal;
import dev.kiln.load.report.Unit;

/** What a plain stem costs: a sandbox that is locked down and waits, and has run nothing. */
final class StemMemory implements Scenario {

  @Override
  public String name() {
    return "stem-memory";
  }

  @Override
  public String title() {
    return "plain stems, memory of each";
  }

  @Override
  public Settings settings() {
    return Settings.MANY_PLAIN_STEMS;
  }

  @Override
  public Figure measure(Bench bench) throws InterruptedException {
    Kiln kiln = bench.kiln(settings());
    PoolPicture pool = Stems.awaitRefilled(kiln);
    Residents stems = Residents.read(kiln);
    Figure.Builder figure = new Figure.Builder(name(), title());
    figure.measure("PSS each", stems.meanBytes() / 1e6, Unit.MEGABYTES, Goal.atMost(0.7));
    figure.measure("stems", stems.processes(), Unit.COUNT);
    figure.detail("stems", stems);
    if (stems.processes() == 0) {
      figure.voidBecause("no process of a sandbox is to be seen: the uid range is not known");
    } else if (pool.warmed() > 0 || stems.processes() != pool.slotsUsed()) {
      figure.voidBecause("other sandboxes than plain stems are alive: " + pool);
    }
    return figure.build();
  }
}
