package dev.kiln.load.scenario;

import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.kiln.KilnException;
import dev.kiln.load.kiln.PoolPicture;
import java.time.Duration;

/** Waits for the pool to come to rest between scenarios. */
final class Stems {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofMillis(100);

  private Stems() {}

  /**
   * Returns when there are as many stems as the policy wants and nothing has changed for a second.
   */
  static PoolPicture awaitRefilled(Kiln kiln) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    PoolPicture last = kiln.api().pool();
    int quiet = 0;
    while (quiet < 10) {
      if (System.nanoTime() - end > 0) {
        throw new KilnException("the pool does not come to rest: " + last);
      }
      Thread.sleep(STEP.toMillis());
      PoolPicture now = kiln.api().pool();
      boolean rests =
          now.stems() >= now.wanted()
              && now.warmed() == last.warmed()
              && now.stems() == last.stems();
      quiet = rests ? quiet + 1 : 0;
      last = now;
    }
    return last;
  }
}
