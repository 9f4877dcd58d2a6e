package dev.kiln.load.kiln;

import dev.kiln.load.run.Target;

/** An instance that somebody else runs: it has the settings that it has. */
public final class RunningKiln implements Kilns {

  private final Kiln kiln;

  /** Creates the source; nothing is sent yet. */
  public RunningKiln(Target target) {
    this.kiln = new Kiln(target, new KilnApi(target), null);
  }

  @Override
  public Kiln with(Settings settings) throws InterruptedException {
    if (!settings.equals(Settings.STANDARD)) {
      throw new KilnException(
          "needs an instance with other settings (" + settings.name() + "): use --start");
    }
    if (!kiln.api().ready()) {
      throw new KilnException("Kiln at " + kiln.target().url("/") + " is not ready");
    }
    return kiln;
  }

  @Override
  public void close() {
    // Whoever started it stops it.
  }
}
