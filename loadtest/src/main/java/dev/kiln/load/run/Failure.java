package dev.kiln.load.run;

/** Why a call has no answer. */
public enum Failure {
  /** The connection ended or broke before the answer was complete. */
  CONNECTION_LOST,
  /** No answer came within the client's time-out. */
  TIMED_OUT,
  /** The server sent something that is not HTTP/1.1. */
  MALFORMED_ANSWER
}
