package dev.kiln.contract.framed;

/**
 * Why a conversation with a sandbox is over before the expected answer came. Carries no stack
 * trace.
 */
public final class ConversationException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** How it ended. */
  public enum End {
    /**
     * The sandbox closed its end after it had read all that was sent: it died, or closed the
     * descriptor.
     */
    CLOSED,
    /**
     * The sandbox's end is gone and it had not read what was sent: whatever was asked did not
     * begin.
     */
    UNREAD,
    /** The answer did not come in time. */
    TIMED_OUT,
    /** A payload was larger than allowed. */
    TOO_LARGE,
    /** The node had no room for what came. */
    NO_ROOM,
    /** What came breaks the contract. */
    VIOLATION,
    /** The sandbox never came up: a step of <em>enter</em> failed. */
    ENTER_FAILED,
    /** Kiln closed it. */
    ABANDONED
  }

  private final End end;

  ConversationException(End end, String message) {
    super(message, null, false, false);
    this.end = end;
  }

  public End end() {
    return end;
  }
}
