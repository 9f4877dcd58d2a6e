package dev.kiln.launcher;

/** What a message asks or tells; the numbers are those of messages.h. */
enum Operation {
  HELLO(1),
  SPAWN(2),
  ATTACH(3),
  SOCKET(4),
  KILL(5),
  STAT(6),
  EXITED(64),
  ZYGOTE_DOWN(65),
  ZYGOTE_UP(66);

  private final int number;

  Operation(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
