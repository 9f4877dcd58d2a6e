package dev.kiln.pool;

import dev.kiln.linux.FileDescriptor;
import dev.kiln.linux.Linux;
import dev.kiln.linux.LinuxException;
import dev.kiln.linux.NativeBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;

/**
 * A sandbox's side of the framed contract, by hand, on a thread of its own over a real socket. The
 * event, a JSON string, tells it what to do: {@code exit:3}, {@code signal:11}, {@code raise},
 * {@code hang}, {@code big:9000}, {@code part:9000}, {@code print:text}, {@code foreign}, {@code
 * twice}, {@code close}, {@code sleep:20}; anything else is answered as it came.
 */
final class TestingSandbox extends Thread {

  static final int LOAD = 1;
  static final int INVOKE = 2;
  static final int COMPILE = 3;
  static final int WARM = 4;
  static final int READY = 64;
  static final int LOADED = 65;
  static final int INIT_FAILED = 66;
  static final int ANSWER = 67;
  static final int FAILED = 68;
  static final int COMPILED = 69;
  static final int WARMED = 70;

  private final FileDescriptor frames;
  private final FileDescriptor stdout;
  private final IntConsumer onExit;
  private final NativeBuffer buffer = new NativeBuffer(64 * 1024);
  final List<String> seen = new CopyOnWriteArrayList<>();
  private volatile boolean killed;
  private volatile boolean deaf;
  private volatile boolean code;

  /**
   * Makes it, to be started.
   *
   * @param onExit told the wait status when it ends by itself
   */
  TestingSandbox(FileDescriptor frames, FileDescriptor stdout, IntConsumer onExit) {
    super("testing-sandbox");
    this.frames = frames;
    this.stdout = stdout;
    this.onExit = onExit;
    setDaemon(true);
  }

  @Override
  public void run() {
    try {
      send(READY, 0, "{}".getBytes(StandardCharsets.UTF_8));
      while (!deaf) {
        ByteBuffer header = read(24);
        serve(header.getShort(4), header.getLong(8), read(header.getInt(0)));
      }
      awaitKill();
    } catch (Exited e) {
      onExit.accept(e.status);
    } catch (LinuxException | IllegalStateException e) {
      // It was killed: its socket is gone.
    } finally {
      frames.close();
      stdout.close();
    }
  }

  private void serve(int type, long nonce, ByteBuffer payload) {
    switch (type) {
      case LOAD -> load(payload);
      case INVOKE -> invoke(nonce, payload);
      case WARM -> send(WARMED, 0, new byte[0]);
      case COMPILE -> {
        awaitCode();
        send(COMPILED, 0, compiled());
      }
      default -> throw new AssertionError("frame of type " + type);
    }
  }

  private void load(ByteBuffer payload) {
    byte[] json = new byte[payload.getInt()];
    payload.get(json);
    String configuration = new String(json, StandardCharsets.UTF_8);
    seen.add(configuration);
    awaitCode();
    if (configuration.contains("\"fail.init\"")) {
      send(INIT_FAILED, 0, error("SyntaxError", "invalid syntax (app.py, line 1)"));
      throw new Exited(1 << 8);
    }
    if (configuration.contains("\"exit.init\"")) {
      throw new Exited(7 << 8);
    }
    send(LOADED, 0, new byte[0]);
  }

  private void invoke(long nonce, ByteBuffer payload) {
    payload.getLong();
    byte[] context = new byte[payload.getInt()];
    payload.get(context);
    byte[] event = new byte[payload.remaining()];
    payload.get(event);
    seen.add(new String(context, StandardCharsets.UTF_8));
    String text = new String(event, StandardCharsets.UTF_8).replace("\"", "");
    String[] command = text.split(":", 2);
    switch (command[0]) {
      case "exit" -> throw new Exited(Integer.parseInt(command[1]) << 8);
      case "signal" -> throw new Exited(Integer.parseInt(command[1]));
      case "raise" -> send(FAILED, nonce, error("ValueError", "no"));
      case "hang" -> {}
      case "deaf" -> {
        deaf = true;
        send(ANSWER, nonce, event);
      }
      case "big" -> send(ANSWER, nonce, filled(Integer.parseInt(command[1])));
      case "part" -> part(nonce, Integer.parseInt(command[1]));
      case "foreign" -> send(ANSWER, nonce + 1, event);
      case "twice" -> {
        send(ANSWER, nonce, event);
        send(ANSWER, nonce, event);
      }
      case "print" -> {
        write(stdout, (command[1] + "\n").getBytes(StandardCharsets.UTF_8));
        send(ANSWER, nonce, event);
      }
      case "sleep" -> {
        pause(Integer.parseInt(command[1]));
        send(ANSWER, nonce, event);
      }
      default -> send(ANSWER, nonce, event);
    }
  }

  /** Sends the first bytes of an answer that has one more, and then nothing. */
  private void part(long nonce, int length) {
    byte[] frame = frame(ANSWER, nonce, filled(length + 1));
    write(frames, Arrays.copyOf(frame, frame.length - 1));
    seen.add("sent a part");
  }

  /** As the real one: nothing of the function runs before. */
  private void awaitCode() {
    while (!code && !killed) {
      pause(1);
    }
  }

  /** Is told that the code is attached. */
  void codeIsThere() {
    code = true;
  }

  /** Reads nothing any more, until the socket is shut down: then what was sent is left unread. */
  private void awaitKill() {
    while (!killed) {
      pause(1);
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] filled(int length) {
    byte[] answer = new byte[length];
    Arrays.fill(answer, (byte) '1');
    return answer;
  }

  private static byte[] compiled() {
    byte[] json =
        "{\"warnings\":[{\"file\":\"app.py\",\"line\":1,\"message\":\"no\"}]}"
            .getBytes(StandardCharsets.UTF_8);
    byte[] bundle = {1, 2, 3};
    return ByteBuffer.allocate(4 + json.length + bundle.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(json.length)
        .put(json)
        .put(bundle)
        .array();
  }

  private static byte[] error(String type, String message) {
    String json = "{\"errorType\":\"%s\",\"errorMessage\":\"%s\",\"stackTrace\":[\"line\"]}";
    return json.formatted(type, message).getBytes(StandardCharsets.UTF_8);
  }

  void send(int type, long nonce, byte[] payload) {
    write(frames, frame(type, nonce, payload));
  }

  private static byte[] frame(int type, long nonce, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(24 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    frame
        .putInt(payload.length)
        .putShort((short) type)
        .putShort((short) 0)
        .putLong(nonce)
        .putInt(5)
        .putInt(0);
    return frame.put(payload).array();
  }

  private void write(FileDescriptor to, byte[] bytes) {
    int written = 0;
    while (written < bytes.length) {
      int length = Math.min(bytes.length - written, buffer.capacity());
      buffer.bytes().put(0, bytes, written, length);
      written += Linux.write(to, buffer, 0, length);
    }
  }

  private ByteBuffer read(int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      int read = Linux.read(frames, buffer, 0, Math.min(bytes.remaining(), buffer.capacity()));
      if (read == 0) {
        throw new IllegalStateException("the gateway closed the socket");
      }
      for (int i = 0; i < read; i++) {
        bytes.put(buffer.bytes().get(i));
      }
    }
    return bytes.flip();
  }

  /** Ends it, as SIGKILL would, whatever it is doing. */
  void kill() {
    killed = true;
    try {
      if (!deaf) {
        Linux.shutdown(frames);
      }
    } catch (LinuxException | IllegalStateException e) {
      // It has ended by itself.
    }
  }

  /** It ends by itself. */
  private static final class Exited extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;

    Exited(int status) {
      super(null, null, false, false);
      this.status = status;
    }
  }
}
