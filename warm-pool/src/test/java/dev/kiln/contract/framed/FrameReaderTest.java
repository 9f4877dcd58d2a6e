package dev.kiln.contract.framed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.contract.framed.ConversationException.End;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Frames, cut at every possible place, against the list of frames that were written. */
class FrameReaderTest {

  private static final int LIMIT = 4096;

  /** A frame as it was written or read. */
  record Frame(FrameType type, long nonce, long micros, String payload) {}

  /** A reader that keeps what it finds. */
  private static final class Reading implements FrameSink {
    private final FrameReader reader;
    final List<Frame> frames = new ArrayList<>();
    @Nullable ConversationException refusal;

    /** For small frames, which find room where there is none for others. */
    Reading() {
      this(new PayloadBudget(0), LIMIT);
    }

    Reading(PayloadBudget budget, int limit) {
      reader = new FrameReader(PooledByteBufAllocator.DEFAULT, budget, limit, this);
    }

    @Override
    public void frame(FrameType type, long nonce, long micros, ByteBuf payload) {
      frames.add(
          new Frame(type, nonce, micros, HexFormat.of().formatHex(ByteBufUtil.getBytes(payload))));
      payload.release();
    }

    @Override
    public void refused(ConversationException reason) {
      assertThat(refusal).as("refused once").isNull();
      refusal = reason;
    }

    /**
     * Hands on a copy, as each read of a socket has a buffer of its own, and sees that it is
     * released.
     */
    void read(ByteBuf bytes) {
      ByteBuf copy =
          PooledByteBufAllocator.DEFAULT.directBuffer(bytes.readableBytes()).writeBytes(bytes);
      reader.read(copy);
      assertThat(copy.refCnt()).isZero();
    }
  }

  @Property
  void findsTheFramesThatWereWrittenHoweverTheyAreCut(
      @ForAll("frames") List<Frame> frames,
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 300) Integer> cuts) {
    Reading reading = new Reading();
    ByteBuf stream = Unpooled.buffer();
    frames.forEach(frame -> write(stream, frame));
    int next = 0;
    while (stream.isReadable()) {
      int length = cuts.isEmpty() ? stream.readableBytes() : cuts.get(next++ % cuts.size());
      reading.read(stream.readSlice(Math.min(length, stream.readableBytes())));
    }
    assertThat(reading.frames).isEqualTo(frames);
    assertThat(reading.refusal).isNull();
  }

  @Property
  void refusesAPayloadAboveTheLimitAsSoonAsItsHeaderIsThere(
      @ForAll @IntRange(min = LIMIT + 1) int length,
      @ForAll @IntRange(min = 1, max = 24) int firstCut) {
    Reading reading = new Reading();
    ByteBuf header = header(length, FrameType.ANSWER.code(), 0, 0);
    reading.read(header.readSlice(firstCut));
    reading.read(header);
    assertThat(reading.refusal).extracting(ConversationException::end).isEqualTo(End.TOO_LARGE);
    assertThat(reading.frames).isEmpty();
  }

  @Property
  void refusesTypesThatSandboxesDoNotSend(@ForAll @IntRange(max = 0xffff) int type) {
    Reading reading = new Reading();
    reading.read(header(0, type, 0, 0));
    boolean known = type >= FrameType.READY.code() && type <= FrameType.CLEANED.code();
    assertThat(reading.frames).hasSize(known ? 1 : 0);
    assertThat(reading.refusal == null).isEqualTo(known);
  }

  @Example
  void refusesReservedBits() {
    Reading reading = new Reading();
    reading.read(header(0, FrameType.READY.code(), 1, 0));
    assertThat(reading.refusal).extracting(ConversationException::end).isEqualTo(End.VIOLATION);
  }

  @Example
  void refusesTheReservedWord() {
    Reading reading = new Reading();
    reading.read(header(0, FrameType.READY.code(), 0, 7));
    assertThat(reading.refusal).extracting(ConversationException::end).isEqualTo(End.VIOLATION);
  }

  @Example
  void handsOnNothingAfterItWasClosed() {
    Reading reading = new Reading();
    reading.reader.close();
    reading.read(header(0, FrameType.READY.code(), 0, 0));
    assertThat(reading.frames).isEmpty();
  }

  @Example
  void refusesWhatFindsNoRoomAndGivesBackOnce() {
    PayloadBudget budget = new PayloadBudget(100_000);
    Reading first = new Reading(budget, 1 << 20);
    Reading second = new Reading(budget, 1 << 20);
    first.read(begun(80_000));
    assertThat(budget.held()).isEqualTo(80_000);
    second.read(begun(20_000));
    second.read(Unpooled.buffer().writeZero(1));
    assertThat(second.refusal).extracting(ConversationException::end).isEqualTo(End.NO_ROOM);
    assertThat(budget.held()).isEqualTo(80_000);
    second.reader.close();
    first.reader.close();
    first.reader.close();
    assertThat(budget.held()).isZero();
  }

  @Example
  void givesBackWhatAFrameHeldWhenItIsWhole() {
    PayloadBudget budget = new PayloadBudget(1 << 20);
    Reading reading = new Reading(budget, 1 << 20);
    reading.read(begun(80_000));
    reading.read(Unpooled.buffer().writeZero((1 << 20) - Exchange.SMALL_BYTES - 80_000));
    assertThat(reading.frames).hasSize(1);
    assertThat(budget.held()).isZero();
    reading.reader.close();
    assertThat(budget.held()).isZero();
  }

  @Property(tries = 200)
  void holdsNoMoreThanTheBudgetAndNothingOnceAllAreClosed(
      @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 90_000) Integer> reads) {
    PayloadBudget budget = new PayloadBudget(100_000);
    List<Reading> readings = new ArrayList<>();
    List<ByteBuf> streams = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readings.add(new Reading(budget, 1 << 20));
      streams.add(frameOf(150_000).writeBytes(frameOf(110_000)).writeBytes(frameOf(10)));
    }
    for (int i = 0; i < reads.size(); i++) {
      ByteBuf stream = streams.get(i % 3);
      readings.get(i % 3).read(stream.readSlice(Math.min(reads.get(i), stream.readableBytes())));
      assertThat(budget.held()).isBetween(0L, 100_000L);
    }
    readings.forEach(reading -> reading.reader.close());
    assertThat(budget.held()).isZero();
  }

  /** An answer of 1 MiB, as far as a small one and {@code more} bytes. */
  private static ByteBuf begun(int more) {
    return header(1 << 20, FrameType.ANSWER.code(), 0, 0).writeZero(Exchange.SMALL_BYTES + more);
  }

  private static ByteBuf frameOf(int length) {
    return header(length, FrameType.ANSWER.code(), 0, 0).writeZero(length);
  }

  @Provide
  Arbitrary<List<Frame>> frames() {
    Arbitrary<FrameType> types =
        Arbitraries.of(FrameType.values()).filter(type -> type.code() >= FrameType.READY.code());
    Arbitrary<String> payloads =
        Arbitraries.bytes()
            .array(byte[].class)
            .ofMaxSize(900)
            .map(bytes -> HexFormat.of().formatHex(bytes));
    return Combinators.combine(
            types, Arbitraries.longs(), Arbitraries.longs().between(0, 0xffff_ffffL), payloads)
        .as(Frame::new)
        .list()
        .ofMaxSize(12);
  }

  private static void write(ByteBuf stream, Frame frame) {
    byte[] payload = HexFormat.of().parseHex(frame.payload);
    stream
        .writeIntLE(payload.length)
        .writeShortLE(frame.type.code())
        .writeShortLE(0)
        .writeLongLE(frame.nonce)
        .writeIntLE((int) frame.micros)
        .writeIntLE(0)
        .writeBytes(payload);
  }

  private static ByteBuf header(int length, int type, int flags, int reserved) {
    return Unpooled.buffer()
        .writeIntLE(length)
        .writeShortLE(type)
        .writeShortLE(flags)
        .writeLongLE(1)
        .writeIntLE(0)
        .writeIntLE(reserved);
  }
}
