package dev.kiln.load.scenario;

import dev.kiln.load.kiln.FunctionCode;
import dev.kiln.load.kiln.Kiln;
import dev.kiln.load.run.Client;
import dev.kiln.load.run.Limit;

/**
 * Brings the gateway's virtual machine to where it is after a few minutes of service: calls that
 * need a new sandbox each, of a function that nothing is measured of. At 25 calls a second
 * compilation would otherwise take most of a scenario, and the figure would be that of an
 * interpreter.
 */
final class Rehearsal {

  private static final int CONNECTIONS = 2;
  private static final int SHARE_OF_WARM_UP = 20;

  private Rehearsal() {}

  /** Calls, then waits until the pool is at rest. */
  static void run(Bench bench, Kiln kiln) throws InterruptedException {
    bench.say("warming up");
    Limit limit = Limit.calls(bench.scale().warmUpCalls() / SHARE_OF_WARM_UP);
    try (FunctionSet function = FunctionSet.deploy(kiln, FunctionCode.LOGGING, "fresh", 1);
        Client client = bench.connect(kiln.target(), CONNECTIONS)) {
      client.closedLoop(limit, index -> function.request(0), new CallLog());
    }
    Stems.awaitRefilled(kiln);
  }
}
