package dev.kiln.pool;

import dev.kiln.contract.InvocationException;
import dev.kiln.contract.InvocationException.Fault;
import dev.kiln.contract.InvocationException.OfEngine;
import dev.kiln.contract.InvocationException.OfFunction;
import dev.kiln.launcher.Exit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Words for the ends of invocations, as close to Lambda's as they can be. */
final class Ending {

  /** As Go prints signals, since Lambda's runtime does. */
  private static final Map<Integer, String> SIGNALS =
      Map.ofEntries(
          Map.entry(1, "hangup"),
          Map.entry(2, "interrupt"),
          Map.entry(3, "quit"),
          Map.entry(4, "illegal instruction"),
          Map.entry(5, "trace/breakpoint trap"),
          Map.entry(6, "aborted"),
          Map.entry(7, "bus error"),
          Map.entry(8, "floating point exception"),
          Map.entry(9, "killed"),
          Map.entry(10, "user defined signal 1"),
          Map.entry(11, "segmentation fault"),
          Map.entry(12, "user defined signal 2"),
          Map.entry(13, "broken pipe"),
          Map.entry(14, "alarm clock"),
          Map.entry(15, "terminated"),
          Map.entry(25, "file size limit exceeded"),
          Map.entry(31, "bad system call"));

  private Ending() {}

  /** Says what it means for an invocation that its sandbox ended so while it ran. */
  static InvocationException ofProcess(Exit exit, Version version, String requestId) {
    if (exit.oomKills() > 0) {
      return failed(
          Fault.OUT_OF_MEMORY,
          "Runtime.OutOfMemory",
          "RequestId: %s Error: Runtime ran out of memory: it met the function's limit of %d MB"
              .formatted(requestId, version.memoryBytes() >> 20));
    }
    if (exit.status() == Exit.WITH_ZYGOTE) {
      return new OfEngine(
          "The zygote of "
              + version.runtime()
              + " died, and the sandbox of this invocation with it. A new one is being "
              + "started; the invocation may have had effects.");
    }
    return failed(
        Fault.EXITED,
        "Runtime.ExitError",
        "RequestId: %s Error: Runtime exited with error: %s".formatted(requestId, how(exit)));
  }

  /** Says that the deadline passed. */
  static OfFunction timedOut(Duration timeout) {
    return failed(
        Fault.TIMED_OUT,
        "Sandbox.Timedout",
        String.format(
            Locale.ROOT, "Task timed out after %.2f seconds", timeout.toMillis() / 1000.0));
  }

  /** Says that the answer was larger than allowed. */
  static OfFunction tooLarge(int maxAnswerBytes) {
    return failed(
        Fault.ANSWER_TOO_LARGE,
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size ("
            + maxAnswerBytes
            + " bytes).");
  }

  /** Says that the node could not take the answer in: another time, or another node, may. */
  static OfEngine noRoom(String what) {
    return new OfEngine(what + " The invocation may have had effects.");
  }

  /** Says that the sandbox does not keep to the contract. */
  static OfFunction violation(String what) {
    return failed(Fault.PROTOCOL, "Runtime.ProtocolViolation", what);
  }

  private static OfFunction failed(Fault fault, String errorType, String message) {
    return new OfFunction(fault, errorType, message, List.of());
  }

  private static String how(Exit exit) {
    return exit.exited()
        ? "exit status " + exit.exitCode()
        : "signal: " + SIGNALS.getOrDefault(exit.signal(), "signal " + exit.signal());
  }
}
