package dev.kiln.gateway.admission;

/**
 * The right to run one invocation. Whoever has it closes it once the invocation has ended, whatever
 * became of the caller; closing twice is harmless.
 */
public interface Permit extends AutoCloseable {

  @Override
  void close();
}
