package dev.kiln.sandbox;

import static dev.kiln.launcher.TestingKiln.get;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.contract.Answer;
import dev.kiln.contract.Deadline;
import dev.kiln.contract.Invocation;
import dev.kiln.contract.framed.Conversation;
import dev.kiln.contract.framed.LoadFrame;
import dev.kiln.contract.framed.PayloadBudget;
import dev.kiln.launcher.Spawned;
import dev.kiln.launcher.TestingKiln;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** One function of one module in one sandbox, without a pool: spawned, attached, loaded, called. */
final class TestingFunction implements AutoCloseable {

  private static final Path CODE = Path.of("/kiln/state/code");
  private static final long TMP_BYTES = 16 << 20;
  private static final int MAX_ANSWER_BYTES = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestingKiln kiln;
  private final Spawned spawned;
  private final EventLoopGroup loops;
  private final Conversation conversation;

  private TestingFunction(
      TestingKiln kiln, Spawned spawned, EventLoopGroup loops, Conversation conversation) {
    this.kiln = kiln;
    this.spawned = spawned;
    this.loops = loops;
    this.conversation = conversation;
  }

  /** Starts a sandbox in {@code slot} and initialises {@code handler}, of module {@code app}. */
  static TestingFunction start(TestingKiln kiln, int slot, String handler, String app)
      throws Exception {
    String digest = store(app);
    Spawned spawned = get(kiln.launcher().spawn(slot, 0));
    EventLoopGroup loops = new EpollEventLoopGroup(1);
    Conversation.Newborn newborn =
        Conversation.openNewborn(
            spawned.frames().release(),
            loops.next(),
            PATIENCE.toNanos(),
            new PayloadBudget(64L << 20),
            end -> {});
    get(newborn.ready());
    get(kiln.launcher().attach(spawned.id(), digest, Optional.empty(), TMP_BYTES));
    get(newborn.conversation().load(loadFrame(handler), PATIENCE.toNanos()));
    return new TestingFunction(kiln, spawned, loops, newborn.conversation());
  }

  /** Returns what the handler answers to an event. */
  JsonNode call(String event) throws Exception {
    Invocation invocation =
        new Invocation(
            "request",
            Deadline.in(PATIENCE),
            Unpooled.copiedBuffer(event, StandardCharsets.UTF_8),
            Optional.empty(),
            Optional.empty());
    Answer answer = get(conversation.invoke(Optional.empty(), invocation, MAX_ANSWER_BYTES));
    try {
      return JSON.readTree(ByteBufUtil.getBytes(answer.body()));
    } finally {
      answer.body().release();
    }
  }

  @Override
  public void close() {
    conversation.close();
    kiln.launcher().kill(spawned.id());
    spawned.close();
    loops.shutdownGracefully();
  }

  private static String store(String app) throws Exception {
    byte[] module = app.getBytes(StandardCharsets.UTF_8);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(module));
    Path folder = Files.createDirectories(CODE.resolve(digest));
    Files.write(folder.resolve("app.py"), module);
    return digest;
  }

  private static LoadFrame loadFrame(String handler) throws Exception {
    Map<String, Object> configuration =
        Map.of(
            "handler", handler,
            "functionName", "tested",
            "functionVersion", "1",
            "functionArn", "arn:aws:lambda:local:000000000000:function:tested",
            "memoryMb", 128,
            "logGroup", "/aws/lambda/tested",
            "logStream", "tested",
            "environment", Map.of("PATH", "/usr/bin:/bin"),
            "maxAnswerBytes", MAX_ANSWER_BYTES,
            "isolation", "reuse");
    return new LoadFrame(JSON.writeValueAsBytes(configuration), new byte[0]);
  }
}
