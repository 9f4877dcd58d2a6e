package dev.kiln.gateway.http;

import io.netty.buffer.ByteBuf;

/**
 * A request's body in memory, and its share of the node's {@link ByteBudget}.
 *
 * @param content the bytes; whoever takes the event releases them
 * @param share gives the share back when closed, which must happen once the bytes are gone
 */
public record Event(ByteBuf content, Share share) {

  /**
   * A share of a budget, which belongs to one event loop. Closing twice is harmless; after it, it
   * may grow anew.
   */
  public static final class Share implements AutoCloseable {
    private final ByteBudget budget;
    private long bytes;

    Share(ByteBudget budget) {
      this.budget = budget;
    }

    boolean grow(int more) {
      if (!budget.take(more)) {
        return false;
      }
      bytes += more;
      return true;
    }

    @Override
    public void close() {
      if (bytes > 0) {
        budget.give(bytes);
        bytes = 0;
      }
    }
  }
}
