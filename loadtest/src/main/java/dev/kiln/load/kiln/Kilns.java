package dev.kiln.load.kiln;

/** Where benchmarks get the instance that they measure from. */
public interface Kilns extends AutoCloseable {

  /**
   * Returns an instance with {@code settings}, ready to be called. At most one runs at a time: an
   * instance with other settings is stopped first.
   *
   * @throws KilnException when no such instance is to be had
   */
  Kiln with(Settings settings) throws InterruptedException;

  /** Stops what was started. */
  @Override
  void close();
}
