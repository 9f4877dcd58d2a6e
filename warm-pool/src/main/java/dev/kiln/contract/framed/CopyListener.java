package dev.kiln.contract.framed;

/** Is told what becomes of a template's copies, on the conversation's event loop. */
public interface CopyListener {

  /** A copy waits for its invocation; its three descriptors are in the channels' socket. */
  void forked(long copy);

  /** A copy that was asked for was not made. */
  void refused(long copy, String errorType, String errorMessage);

  /** A copy ended, with the status that {@code waitpid} gave. */
  void exited(long copy, int waitStatus);

  /** What copies left behind is gone. */
  void cleaned();
}
