package dev.kiln.pool;

import dev.kiln.contract.framed.Conversation;
import dev.kiln.linux.FileDescriptor;
import dev.kiln.sandbox.Sandbox;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one template is asked for, in the order in which it was decided. Calls end on any event
 * loop; a template that was told to clean up before it was told to end the last copy would leave
 * that one's processes to the next call. So decisions queue up here, and are sent on the template's
 * own loop.
 */
final class TemplateOrders {

  private final Sandbox sandbox;
  private final CopyLines lines = new CopyLines();
  private final ArrayDeque<CopyBook.Decision> queue = new ArrayDeque<>();

  TemplateOrders(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** Takes a decision, under the lock under which it was made. */
  synchronized void add(CopyBook.Decision decision) {
    if (decision.asksTemplate()) {
      queue.add(decision);
    }
  }

  /** Sends what was added. */
  void send() {
    Conversation template = sandbox.conversation();
    if (!template.loop().inEventLoop()) {
      template.loop().execute(this::send);
      return;
    }
    CopyBook.Decision next = next();
    while (next != null) {
      send(template, next);
      next = next();
    }
  }

  private synchronized CopyBook.@Nullable Decision next() {
    return queue.poll();
  }

  private void send(Conversation template, CopyBook.Decision decision) {
    decision.kills().forEach(copy -> template.killCopy(copy.number));
    if (decision.clean()) {
      template.clean();
    }
    decision.forks().forEach(copy -> fork(template, copy));
  }

  /**
   * A copy's lines go before the frame that asks for it. A template that does not take them is
   * killed.
   */
  private void fork(Conversation template, Copy copy) {
    FileDescriptor channels = sandbox.channels();
    Optional<List<FileDescriptor>> ends =
        channels.isOpen() ? lines.open(channels) : Optional.empty();
    if (ends.isEmpty()) {
      sandbox.kill();
    } else if (copy.take(ends.get())) {
      template.fork(copy.number);
    }
  }
}
