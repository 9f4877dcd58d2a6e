package dev.kiln.pool;

import dev.kiln.contract.StartType;
import dev.kiln.contract.framed.Conversation;

/**
 * The sandbox that a template lives in: lent by the ledger while calls want copies, at rest in its
 * books while none does. Guarded by its template's lock.
 */
final class TemplateSandbox {

  final Holding holding;
  final TemplateOrders orders;
  private boolean lent = true;
  private boolean served;

  /** Takes over one that has just been started for a call, or as if for one. */
  TemplateSandbox(Holding holding) {
    this.holding = holding;
    this.orders = new TemplateOrders(holding.resident().sandbox);
  }

  Conversation conversation() {
    return holding.resident().sandbox.conversation();
  }

  void kill() {
    holding.resident().sandbox.kill();
  }

  boolean isLent() {
    return lent;
  }

  boolean hasServed() {
    return served;
  }

  /** Has it lent if it rests; false if it is being evicted, and of no use. */
  boolean lend(Templates host) {
    lent = lent || host.lend(holding);
    return lent;
  }

  /** Lets it rest if it is lent; returns what follows. */
  Actions rest(Templates host) {
    if (!lent) {
      return new Actions();
    }
    lent = false;
    return host.rest(holding);
  }

  /** Notes that a call gets a copy. The first starts as the sandbox was started for it. */
  StartType serve() {
    StartType startType = served ? StartType.WARM : holding.startType();
    served = true;
    return startType;
  }
}
