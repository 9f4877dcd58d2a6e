package dev.kiln.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.linux.Errno;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.LinuxException;
import dev.kiln.linux.NativeBuffer;
import dev.kiln.log.LogSink.Stream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LogPumpTest {

  private static final LogLimits LIMITS = LogLimits.standard();

  private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
  private final Linux.Pair out = Linux.pipe();
  private final Linux.Pair err = Linux.pipe();
  private final LogPump pump = new LogPump(this::take, LIMITS);

  private record Line(
      String function, Optional<String> requestId, Stream stream, String text, long lost) {}

  private void take(
      String function, Optional<String> requestId, Stream stream, String text, long lost) {
    lines.add(new Line(function, requestId, stream, text, lost));
  }

  @AfterEach
  void close() {
    pump.close();
    out.close();
    err.close();
  }

  private LogSource attach() {
    return pump.attach("a/f:1", out.first(), err.first());
  }

  private static void print(FileDescriptor pipe, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    NativeBuffer buffer = new NativeBuffer(bytes.length);
    buffer.bytes().put(0, bytes);
    for (int written = 0; written < bytes.length; ) {
      written += Linux.write(pipe, buffer, written, bytes.length - written);
    }
  }

  private Line next() throws InterruptedException {
    return lines.poll(30, TimeUnit.SECONDS);
  }

  @Test
  void whatWasPrintedBeforeTheEndBearsTheRequestsId() {
    LogSource source = attach();
    for (int call = 0; call < 200; call++) {
      String id = "request " + call;
      source.begin(id);
      print(out.second(), "out " + call + "\nlast");
      print(err.second(), "err " + call + "\n");
      source.end();
      List<Line> printed = new ArrayList<>();
      lines.drainTo(printed);
      assertThat(printed).hasSize(3).allMatch(line -> line.requestId().equals(Optional.of(id)));
      assertThat(printed)
          .filteredOn(line -> line.stream() == Stream.STDOUT)
          .extracting(Line::text)
          .containsExactly("out " + call, "last");
      assertThat(printed)
          .contains(new Line("a/f:1", Optional.of(id), Stream.STDERR, "err " + call, 0));
    }
  }

  @Test
  void aLineIsReadWhileTheInvocationGoesOn() throws InterruptedException {
    LogSource source = attach();
    source.begin("long");
    print(err.second(), "at work\n");
    assertThat(next())
        .isEqualTo(new Line("a/f:1", Optional.of("long"), Stream.STDERR, "at work", 0));
    source.end();
  }

  @Test
  void whatIsPrintedOutsideOfAnInvocationBearsNoId() throws InterruptedException {
    LogSource source = attach();
    print(out.second(), "early\n");
    assertThat(next().requestId()).isEmpty();
    source.begin("one");
    source.end();
    print(out.second(), "late\n");
    assertThat(next()).isEqualTo(new Line("a/f:1", Optional.empty(), Stream.STDOUT, "late", 0));
  }

  @Test
  void aFunctionThatPrintsMoreThanItsPipeHoldsIsNotStalled() {
    LogSource source = attach();
    source.begin("much");
    String line = "x".repeat(999) + "\n";
    print(out.second(), line.repeat(1000));
    source.end();
    assertThat(lines)
        .hasSize(1000)
        .allMatch(read -> read.text().length() == 999 && read.lost() == 0);
  }

  @Test
  void aFloodIsDroppedAndCounted() {
    LogSource source = attach();
    source.begin("flood");
    String line = "x".repeat(999) + "\n";
    int printed = 16_000;
    print(out.second(), line.repeat(printed));
    source.end();
    long handedOn = lines.stream().mapToLong(read -> read.text().length()).sum();
    long lost = lines.stream().mapToLong(Line::lost).sum();
    assertThat(handedOn).isGreaterThan(LIMITS.burstBytes() * 8 / 10);
    assertThat(lost).isGreaterThan(8_000_000);
    assertThat(1000L * printed - handedOn - lost)
        .as("line feeds")
        .isBetween(0L, (long) lines.size());
  }

  @Test
  void onesFloodDoesNotSilenceAnother() throws InterruptedException {
    LogSource flooding = attach();
    Linux.Pair otherOut = Linux.pipe();
    Linux.Pair otherErr = Linux.pipe();
    LogSource other = pump.attach("a/g:1", otherOut.first(), otherErr.first());
    flooding.begin("flood");
    print(out.second(), "x".repeat(16_000_000));
    print(otherOut.second(), "heard\n");
    Line line = next();
    while (line.function().equals("a/f:1")) {
      line = next();
    }
    assertThat(line.text()).isEqualTo("heard");
    other.close();
    otherOut.close();
    otherErr.close();
  }

  /**
   * Reading at full speed would take all of a processor. The bound is on bytes: no slower machine
   * reads more of them.
   */
  @Test
  void whatIsBeyondTheLimitIsReadAtABoundedRate() {
    attach().begin("flood");
    String text = ("x".repeat(999) + "\n").repeat(1000);
    long began = System.nanoTime();
    long printed = 0;
    long elapsed = 0;
    while (elapsed < 1_000_000_000) {
      print(out.second(), text);
      printed += text.length();
      elapsed = System.nanoTime() - began;
    }
    long within = LIMITS.burstBytes() + LIMITS.bytesPerSecond() * elapsed / 1_000_000_000;
    long reads = (elapsed / LogPump.TICK_NANOS + 2) * (LogPump.FLOOD_READS + 1);
    assertThat(printed).isLessThan(within + reads * PipeReader.BYTES);
  }

  /** They go on until each has had much of its text read: one that is left out would hold all. */
  @Test
  void allWhoFloodHaveTheirTurn() throws InterruptedException {
    int floods = 3 * LogPump.FLOOD_READS;
    CountDownLatch unread = new CountDownLatch(floods);
    List<Linux.Pair> pipes = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try (LogPump flooded = new LogPump(this::take, new LogLimits(1024, 1024, 1024))) {
      for (int i = 0; i < floods; i++) {
        Linux.Pair output = Linux.pipe();
        Linux.Pair errors = Linux.pipe();
        pipes.addAll(List.of(output, errors));
        flooded.attach("a/f:" + i, output.first(), errors.first()).begin("flood");
        threads.add(new Thread(() -> flood(output.second(), unread)));
      }
      threads.forEach(Thread::start);
      assertThat(unread.await(30, TimeUnit.SECONDS)).as("all are read").isTrue();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    pipes.forEach(Linux.Pair::close);
  }

  private static void flood(FileDescriptor pipe, CountDownLatch unread) {
    String text = "x".repeat(PipeReader.BYTES);
    for (int times = 1; unread.getCount() > 0; times++) {
      print(pipe, text);
      if (times == 16) {
        unread.countDown();
      }
    }
  }

  /** All that is printed is within the limit. A line takes a millisecond at least. */
  @Test
  void theThreadRestsAsLongAsItWorks() throws InterruptedException {
    AtomicInteger taken = new AtomicInteger();
    LogLimits ample = new LogLimits(1L << 40, 1L << 40, 4096);
    CountDownLatch over = new CountDownLatch(1);
    Thread printer = new Thread(() -> printUntil(over));
    try (LogPump busy = new LogPump((f, id, stream, line, lost) -> takeSlowly(taken), ample)) {
      busy.attach("a/f:1", out.first(), err.first()).begin("much");
      long began = System.nanoTime();
      printer.start();
      Thread.sleep(2000);
      int lines = taken.get();
      long elapsed = System.nanoTime() - began;
      long work = elapsed / 2 + LogPump.MOST_WORK_NANOS;
      assertThat((long) lines).isLessThan(work / 1_000_000 + PipeReader.BYTES / 4096 + 1);
      over.countDown();
      printer.join();
    }
  }

  private void printUntil(CountDownLatch over) {
    String text = "x".repeat(PipeReader.BYTES);
    while (over.getCount() > 0) {
      print(out.second(), text);
    }
  }

  private static void takeSlowly(AtomicInteger taken) {
    long began = System.nanoTime();
    while (System.nanoTime() - began < 1_000_000) {
      Thread.onSpinWait();
    }
    taken.incrementAndGet();
  }

  @Test
  void lastWordsAreReadWhenTheSourceIsClosed() {
    LogSource source = attach();
    source.begin("crash");
    print(err.second(), "Segmentation fault");
    err.second().close();
    out.second().close();
    source.close();
    source.close();
    source.end();
    assertThat(lines).extracting(Line::text).containsExactly("Segmentation fault");
    assertThat(out.first().isOpen()).isFalse();
    assertThat(err.first().isOpen()).isFalse();
  }

  @Test
  void anEndedPipeCostsTheThreadNothing() throws InterruptedException {
    LogSource source = attach();
    out.second().close();
    print(err.second(), "still here\n");
    assertThat(next().text()).isEqualTo("still here");
    long before = threadCpuNanos();
    Thread.sleep(300);
    assertThat(threadCpuNanos() - before).as("CPU time in 300 ms").isLessThan(100_000_000);
    source.close();
  }

  @Test
  void aNumberThatIsUsedAgainIsAnothersPipe() throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      Linux.Pair nextOut = Linux.pipe();
      Linux.Pair nextErr = Linux.pipe();
      String function = "f" + i;
      LogSource source = pump.attach(function, nextOut.first(), nextErr.first());
      print(nextOut.second(), "hello\n");
      if (i % 2 == 0) {
        assertThat(next().function()).isEqualTo(function);
      }
      source.close();
      nextOut.second().close();
      nextErr.second().close();
      if (i % 2 == 1) {
        assertThat(next().function()).isEqualTo(function);
      }
    }
    assertThat(lines).isEmpty();
  }

  @Test
  void aSinkThatThrowsSilencesNobody() throws InterruptedException {
    try (LogPump failing =
        new LogPump(
            (function, id, stream, line, lost) -> {
              lines.add(new Line(function, id, stream, line, lost));
              throw new IllegalStateException("the sink's fault");
            },
            LIMITS)) {
      failing.attach("a/f:1", out.first(), err.first());
      print(out.second(), "one\n");
      assertThat(next().text()).isEqualTo("one");
      print(out.second(), "two\n");
      assertThat(next().text()).isEqualTo("two");
    }
  }

  @Test
  void whatCannotBeWatchedIsClosedAndRefused(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    FileDescriptor noPipe = Linux.open(file, Linux.Access.READ);
    assertThatThrownBy(() -> pump.attach("a/f:1", out.first(), noPipe))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EPERM));
    assertThat(out.first().isOpen()).isFalse();
    assertThat(noPipe.isOpen()).isFalse();
  }

  @Test
  void closingReadsAndClosesAllThatIsAttached() {
    attach();
    print(out.second(), "the end");
    pump.close();
    assertThat(lines).extracting(Line::text).containsExactly("the end");
    assertThat(out.first().isOpen()).isFalse();
  }

  @Test
  void silenceAllocatesNothing() {
    LogSource source = attach();
    silentCalls(source, 1000);
    long before = allocatedBytes();
    silentCalls(source, 10_000);
    long each = (allocatedBytes() - before) / 10_000;
    assertThat(each).as("bytes a call, the id's Optional").isLessThanOrEqualTo(32);
  }

  private static void silentCalls(LogSource source, int times) {
    for (int i = 0; i < times; i++) {
      source.begin("silent");
      source.end();
    }
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static long threadCpuNanos() {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("kiln-log")) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
      }
    }
    throw new AssertionError("no log thread");
  }
}
