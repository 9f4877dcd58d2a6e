package dev.kiln.launcher;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The messages of messages.h as this side writes and reads them. The table of offsets is here and
 * nowhere else in Java; a test compares it with what {@code launcher --describe} prints. Numbers
 * are in the machine's byte order.
 */
final class Messages {

  static final int PROTOCOL = 1;
  static final int REQUEST_BYTES = 96;
  static final int REPLY_BYTES = 64;
  static final int DIGEST_BYTES = 32;
  static final int MAX_SOCKETS = 4;
  static final int SPAWN_DESCRIPTORS = 5;

  /** In a zygote event: the base zygote, not a runtime's. */
  static final int BASE_ZYGOTE = -1;

  /** One member of one of messages.h's structures. */
  record Field(String struct, String name, int offset, int size) {}

  private static final Field OPERATION = new Field("kiln_header", "operation", 0, 4);
  private static final Field SEQUENCE = new Field("kiln_header", "sequence", 4, 4);
  private static final Field SLOT = new Field("kiln_header", "slot", 8, 4);
  private static final Field GENERATION = new Field("kiln_header", "generation", 12, 4);

  private static final Field REQUEST_HEADER = new Field("kiln_request", "header", 0, 16);
  private static final Field REQUEST_BODY = new Field("kiln_request", "bytes", 16, 80);
  private static final Field HELLO_PROTOCOL = new Field("kiln_hello", "protocol", 0, 4);
  private static final Field HELLO_BUILD = new Field("kiln_hello", "build", 4, 32);
  private static final Field SPAWN_RUNTIME = new Field("kiln_spawn", "runtime", 0, 4);
  private static final Field SPAWN_NETWORK = new Field("kiln_spawn", "network", 4, 4);
  private static final Field ATTACH_TMP = new Field("kiln_attach", "tmp_bytes", 0, 8);
  private static final Field ATTACH_CODE = new Field("kiln_attach", "code", 8, 32);
  private static final Field ATTACH_LAYERS = new Field("kiln_attach", "layers", 40, 32);
  private static final Field SOCKET_COUNT = new Field("kiln_socket", "count", 0, 4);

  private static final Field REPLY_HEADER = new Field("kiln_reply", "header", 0, 16);
  private static final Field REPLY_RESULT = new Field("kiln_reply", "result", 16, 4);
  private static final Field REPLY_STEP = new Field("kiln_reply", "step", 20, 4);
  private static final Field REPLY_BODY = new Field("kiln_reply", "bytes", 24, 40);
  private static final Field WELCOME_SLOTS = new Field("kiln_welcome", "slots", 0, 4);
  private static final Field WELCOME_UID = new Field("kiln_welcome", "first_uid", 4, 4);
  private static final Field WELCOME_RUNTIMES = new Field("kiln_welcome", "runtimes", 8, 4);
  private static final Field WELCOME_CGROUP = new Field("kiln_welcome", "cgroup_version", 12, 4);
  private static final Field WELCOME_LANDLOCK = new Field("kiln_welcome", "landlock_abi", 16, 4);
  private static final Field SPAWNED_CLONE = new Field("kiln_spawned", "clone_micros", 0, 4);
  private static final Field SPAWNED_TOTAL = new Field("kiln_spawned", "total_micros", 4, 4);
  private static final Field STAT_MEMORY = new Field("kiln_stat", "memory_bytes", 0, 8);
  private static final Field STAT_PEAK = new Field("kiln_stat", "memory_peak_bytes", 8, 8);
  private static final Field STAT_CPU = new Field("kiln_stat", "cpu_micros", 16, 8);
  private static final Field STAT_PROCESSES = new Field("kiln_stat", "processes", 24, 4);
  private static final Field STAT_OOM = new Field("kiln_stat", "oom_kills", 28, 4);
  private static final Field EXITED_STATUS = new Field("kiln_exited", "status", 0, 4);
  private static final Field EXITED_OOM = new Field("kiln_exited", "oom_kills", 4, 4);
  private static final Field EXITED_PEAK = new Field("kiln_exited", "memory_peak_bytes", 8, 8);
  private static final Field EXITED_CPU = new Field("kiln_exited", "cpu_micros", 16, 8);
  private static final Field ZYGOTE_RUNTIME = new Field("kiln_zygote", "runtime", 0, 4);
  private static final Field ZYGOTE_MICROS = new Field("kiln_zygote", "micros", 4, 4);

  /** Every member that this side knows, for the test that holds them against messages.h. */
  static final List<Field> FIELDS =
      List.of(
          OPERATION,
          SEQUENCE,
          SLOT,
          GENERATION,
          REQUEST_HEADER,
          REQUEST_BODY,
          HELLO_PROTOCOL,
          HELLO_BUILD,
          SPAWN_RUNTIME,
          SPAWN_NETWORK,
          ATTACH_TMP,
          ATTACH_CODE,
          ATTACH_LAYERS,
          SOCKET_COUNT,
          REPLY_HEADER,
          REPLY_RESULT,
          REPLY_STEP,
          REPLY_BODY,
          WELCOME_SLOTS,
          WELCOME_UID,
          WELCOME_RUNTIMES,
          WELCOME_CGROUP,
          WELCOME_LANDLOCK,
          SPAWNED_CLONE,
          SPAWNED_TOTAL,
          STAT_MEMORY,
          STAT_PEAK,
          STAT_CPU,
          STAT_PROCESSES,
          STAT_OOM,
          EXITED_STATUS,
          EXITED_OOM,
          EXITED_PEAK,
          EXITED_CPU,
          ZYGOTE_RUNTIME,
          ZYGOTE_MICROS);

  private static final byte[] ZEROES = new byte[REQUEST_BYTES];

  private Messages() {}

  /**
   * Starts a request: zeroes the whole message, so that nothing of the one before leaks, and writes
   * its header.
   */
  static void putHeader(
      ByteBuffer request, Operation operation, int sequence, int slot, int generation) {
    request.put(0, ZEROES);
    request
        .putInt(OPERATION.offset(), operation.number())
        .putInt(SEQUENCE.offset(), sequence)
        .putInt(SLOT.offset(), slot)
        .putInt(GENERATION.offset(), generation);
  }

  static void putHello(ByteBuffer request, byte[] build) {
    request.putInt(asked(HELLO_PROTOCOL), PROTOCOL).put(asked(HELLO_BUILD), build);
  }

  /** Asks for a sandbox that sees its own loopback only, the one network there is. */
  static void putSpawn(ByteBuffer request, int runtime) {
    request.putInt(asked(SPAWN_RUNTIME), runtime).putInt(asked(SPAWN_NETWORK), 0);
  }

  static void putAttach(ByteBuffer request, byte[] code, Optional<byte[]> layers, long tmpBytes) {
    request.putLong(asked(ATTACH_TMP), tmpBytes).put(asked(ATTACH_CODE), code);
    layers.ifPresent(digest -> request.put(asked(ATTACH_LAYERS), digest));
  }

  static void putSocket(ByteBuffer request, int count) {
    request.putInt(asked(SOCKET_COUNT), count);
  }

  /**
   * Returns a digest's bytes.
   *
   * @throws IllegalArgumentException if it is not 64 lower-case hex digits, or all zero, which
   *     means none
   */
  static byte[] digest(String hex) {
    byte[] digest = hex.matches("[0-9a-f]{64}") ? HexFormat.of().parseHex(hex) : ZEROES;
    for (byte part : digest) {
      if (part != 0) {
        return digest;
      }
    }
    throw new IllegalArgumentException("\"" + hex + "\" is no digest of 64 lower-case hex digits");
  }

  static int operation(ByteBuffer reply) {
    return reply.getInt(OPERATION.offset());
  }

  static int sequence(ByteBuffer reply) {
    return reply.getInt(SEQUENCE.offset());
  }

  static int result(ByteBuffer reply) {
    return reply.getInt(REPLY_RESULT.offset());
  }

  static int step(ByteBuffer reply) {
    return reply.getInt(REPLY_STEP.offset());
  }

  static SandboxId sandbox(ByteBuffer reply) {
    return new SandboxId(reply.getInt(SLOT.offset()), reply.getInt(GENERATION.offset()));
  }

  static Welcome welcome(ByteBuffer reply) {
    return new Welcome(
        reply.getInt(told(WELCOME_SLOTS)),
        reply.getInt(told(WELCOME_UID)),
        reply.getInt(told(WELCOME_RUNTIMES)),
        reply.getInt(told(WELCOME_CGROUP)),
        reply.getInt(told(WELCOME_LANDLOCK)));
  }

  static long cloneMicros(ByteBuffer reply) {
    return Integer.toUnsignedLong(reply.getInt(told(SPAWNED_CLONE)));
  }

  static long totalMicros(ByteBuffer reply) {
    return Integer.toUnsignedLong(reply.getInt(told(SPAWNED_TOTAL)));
  }

  static Stat stat(ByteBuffer reply) {
    return new Stat(
        reply.getLong(told(STAT_MEMORY)),
        reply.getLong(told(STAT_PEAK)),
        reply.getLong(told(STAT_CPU)),
        reply.getInt(told(STAT_PROCESSES)),
        reply.getInt(told(STAT_OOM)));
  }

  static Exit exit(ByteBuffer reply) {
    return new Exit(
        reply.getInt(told(EXITED_STATUS)),
        reply.getInt(told(EXITED_OOM)),
        reply.getLong(told(EXITED_PEAK)),
        reply.getLong(told(EXITED_CPU)));
  }

  static int zygoteRuntime(ByteBuffer reply) {
    return reply.getInt(told(ZYGOTE_RUNTIME));
  }

  static long zygoteMicros(ByteBuffer reply) {
    return Integer.toUnsignedLong(reply.getInt(told(ZYGOTE_MICROS)));
  }

  private static int asked(Field field) {
    return REQUEST_BODY.offset() + field.offset();
  }

  private static int told(Field field) {
    return REPLY_BODY.offset() + field.offset();
  }
}
