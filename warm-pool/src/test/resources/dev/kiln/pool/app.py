"""A function that does what its event asks for, well or badly."""

import os
import signal
import struct
import sys
import threading
import time

COUNT = 0
FRAMES = 3
ANSWER = 67


def handler(event, context):
    return DO[event["do"]](event)


def count(_):
    global COUNT
    COUNT += 1
    return COUNT


def sleep(event):
    time.sleep(event["seconds"])


def raise_(_):
    raise ValueError("no")


def exit_(event):
    os._exit(event["status"])


def segfault(_):
    import ctypes

    ctypes.string_at(0)


def spin(_):
    while True:
        pass


def ignore_signals(_):
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        time.sleep(1)


def allocate(event):
    return len(bytearray(event["megabytes"] << 20))


def allocate_in_a_child(event):
    pid = os.fork()
    if pid == 0:
        allocate(event)
        os._exit(0)
    os.waitpid(pid, 0)
    time.sleep(5)


def answer(event):
    return "x" * (event["megabytes"] << 20)


def flood(event):
    line = "x" * 1023 + "\n"
    for _ in range(event["megabytes"] << 10):
        sys.stdout.write(line)
    return "flooded"


def print_(event):
    print(event["text"])


def fork_bomb(_):
    while True:
        try:
            os.fork()
        except OSError:
            time.sleep(0.01)


def forge(_):
    """An answer that nobody asked for, once this one is over."""
    threading.Timer(0.05, lambda: os.write(FRAMES, frame(1, b'"forged twice"'))).start()
    return "forged"


def forge_anothers(_):
    os.write(FRAMES, frame(1, b'"forged"'))
    time.sleep(5)


def announce(event):
    os.write(FRAMES, struct.pack("<IHHqII", event["bytes"], ANSWER, 0, 0, 0, 0))
    time.sleep(5)


def dribble(_):
    os.write(FRAMES, struct.pack("<IHHqII", 1 << 20, ANSWER, 0, 0, 0, 0))
    while True:
        os.write(FRAMES, b" ")


def frame(nonce, payload):
    return struct.pack("<IHHqII", len(payload), ANSWER, 0, nonce, 0, 0) + payload


def daemon(_):
    """A process that leaves its parent and its session, and ignores a request to end."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(3600)
        os._exit(0)
    os.wait()


def orphan(_):
    """Ends, and leaves a process that holds all that this one had open."""
    if os.fork() == 0:
        os.setsid()
        time.sleep(3600)
    os._exit(0)


def processes(_):
    return sum(name.isdigit() for name in os.listdir("/proc"))


DO = {
    "echo": lambda event: event,
    "count": count,
    "file": lambda event: __file__,
    "sleep": sleep,
    "raise": raise_,
    "exit": exit_,
    "segfault": segfault,
    "spin": spin,
    "ignore signals": ignore_signals,
    "allocate": allocate,
    "allocate in a child": allocate_in_a_child,
    "answer": answer,
    "flood": flood,
    "print": print_,
    "fork bomb": fork_bomb,
    "forge": forge,
    "forge another's": forge_anothers,
    "announce": announce,
    "dribble": dribble,
    "daemon": daemon,
    "orphan": orphan,
    "processes": processes,
}
