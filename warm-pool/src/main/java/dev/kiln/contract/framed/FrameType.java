package dev.kiln.contract.framed;

import java.util.Optional;

/** What a frame means, with the number that stands for it on the wire. */
enum FrameType {
  LOAD(1),
  INVOKE(2),
  COMPILE(3),
  WARM(4),
  FORK(5),
  KILL_COPY(6),
  CLEAN(7),
  READY(64),
  LOADED(65),
  INIT_FAILED(66),
  ANSWER(67),
  FAILED(68),
  COMPILED(69),
  WARMED(70),
  ENTER_FAILED(71),
  FORKED(72),
  FORK_REFUSED(73),
  COPY_EXITED(74),
  CLEANED(75);

  private static final FrameType[] BY_CODE = new FrameType[128];

  static {
    for (FrameType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;

  FrameType(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /**
   * Returns the type that a sandbox means by {@code code}, or empty if sandboxes say no such thing.
   */
  static Optional<FrameType> fromSandbox(int code) {
    boolean known = code >= READY.code && code < BY_CODE.length;
    return known ? Optional.ofNullable(BY_CODE[code]) : Optional.empty();
  }
}
