package dev.kiln.load.run;

/** A call that is due or on its way. Belongs to the event loop. */
final class Call {

  final int index;
  final Request request;
  final long dueNanos;
  long sentNanos;

  Call(int index, Request request, long dueNanos) {
    this.index = index;
    this.request = request;
    this.dueNanos = dueNanos;
  }
}
