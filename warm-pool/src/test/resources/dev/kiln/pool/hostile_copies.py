"""A function under `fork` isolation that turns what it was born with against the gateway.

The environment's ATTACK chooses how. Each attack tells what it did, so that a test knows that it was tried: it is printed,
and it is what the call answers where it gets as far. Attacks of TEMPLATE run as the module is initialised, in the process
that copies are forked from; those of COPY in a copy, during its call.
"""

import array
import os
import signal
import socket
import struct
import time

import _kiln

FRAMES, CHANNELS = 3, 4
LINES = (FRAMES, 1, 2)
ANSWER = 67
F_SETPIPE_SZ = 1031
SIZES = [1 << power for power in range(9, 17)]  # among them those of every buffer that the gateway reads into


def make_blocking(descriptors):
    for descriptor in descriptors:
        os.set_blocking(descriptor, True)


def write_full_reads(descriptor, begun=b""):
    """As much as the reader has room for, then nothing for a while: if its next read waits, it waits for this."""
    for size in SIZES:
        os.write(descriptor, begun + b"x" * (size - len(begun)))
        begun = b""
        time.sleep(0.02)


def in_daemon(action):
    """In a process that is nobody's child and outlives the call."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            try:
                action()
            finally:
                os._exit(0)
        os._exit(0)
    os.wait()


def received_lines(flags=0):
    """A copy's lines, taken from descriptor 4 before the runtime takes them, or beside it (MSG_PEEK)."""
    with socket.socket(fileno=os.dup(CHANNELS)) as channels:
        ancillary = channels.recvmsg(1, socket.CMSG_SPACE(12), flags)[1]
    return array.array("i", ancillary[0][2]).tolist()


# In the template.


def keep_lines():
    """Every copy's lines stay open in the template too, and are made blocking there before the copy is born."""
    kept = []
    fork = _kiln.fork_copy

    def fork_copy():
        kept.append(received_lines(socket.MSG_PEEK))
        make_blocking(kept[-1])
        return fork()

    _kiln.fork_copy = fork_copy
    return lambda: f"the template keeps {len(kept[-1])} lines of this copy"


def steal_lines():
    """A child of the template's takes copies' lines before the template does, and writes to them."""

    def steal():
        while True:
            lines = received_lines()
            make_blocking(lines)
            print("stolen", flush=True)
            for line in lines[1:]:
                write_full_reads(line)

    def fork_late():
        time.sleep(0.2)
        return fork()

    fork = _kiln.fork_copy
    _kiln.fork_copy = fork_late
    in_daemon(steal)
    return lambda: "not stolen"


def close_channels():
    os.close(CHANNELS)
    return lambda: "descriptor 4 is closed"


def replace_channels():
    ours, theirs = socket.socketpair()
    os.dup2(ours.fileno(), CHANNELS)
    ours.detach(), theirs.detach()
    return lambda: "descriptor 4 leads back to the sandbox"


def fill_channels():
    """Descriptors up to the gateway, which it never asked for; the way they are sent on among them."""
    sent = 0
    with socket.socket(fileno=os.dup(CHANNELS)) as channels:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [FRAMES, CHANNELS]))]
        try:
            while True:
                channels.sendmsg([b"x" * 4096], rights, socket.MSG_DONTWAIT)
                sent += 1
        except OSError:
            pass
    return lambda: f"sent descriptors: {sent > 0}"


def never_fork():
    _kiln.fork_copy = lambda: time.sleep(3600)
    return lambda: "no copy is forked"


TEMPLATE = {
    "keep lines": keep_lines,
    "steal lines": steal_lines,
    "close channels": close_channels,
    "replace channels": replace_channels,
    "fill channels": fill_channels,
    "never fork": never_fork,
}


# In a copy.


def block():
    make_blocking((*LINES, 0))
    for output in LINES[1:]:
        write_full_reads(output)
    return "blocking: " + ",".join(str(descriptor) for descriptor in (0, *LINES) if os.get_blocking(descriptor))


def part_of_an_answer():
    return struct.pack("<IHHqII", 1 << 19, ANSWER, 0, 0, 0, 0)


def half_an_answer():
    print("half an answer", flush=True)
    make_blocking(LINES)
    write_full_reads(FRAMES, part_of_an_answer())
    time.sleep(3600)


def a_full_first_read():
    """Part of an answer, as large as what the gateway reads into first: if it reads again at once, nothing is there."""
    size = int(os.environ["FIRST_READ"])
    print("a full first read", flush=True)
    os.write(FRAMES, part_of_an_answer() + b"x" * (size - len(part_of_an_answer())))
    time.sleep(3600)


def descriptors_upwards():
    print("descriptors upwards", flush=True)
    with socket.socket(fileno=os.dup(FRAMES)) as frames:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", LINES))]
        for _ in range(64):
            frames.sendmsg([b"x"], rights)
    time.sleep(3600)


def fill_outputs():
    """More than fits, without an end of line, and from a process that goes on when the call is over."""
    import fcntl

    sizes = [fcntl.fcntl(output, F_SETPIPE_SZ, 1 << 20) for output in LINES[1:]]

    def fill():
        while True:
            for output in LINES[1:]:
                os.write(output, b"x" * (1 << 20))

    in_daemon(fill)
    return f"pipes of {sizes}"


def keep_lines_open():
    """A process that outlives the call holds its lines, and writes to them when nothing is expected any more."""
    copy_ended, held_by_copy = os.pipe()

    def hold():
        make_blocking(LINES)
        os.close(held_by_copy)
        os.read(copy_ended, 1)
        while True:
            for line in LINES:
                os.write(line, b"x" * 2048)
                time.sleep(0.01)

    in_daemon(hold)
    return "a daemon holds the lines"


def read_output():
    """The gateway's bytes, before it reads them."""
    try:
        return os.open("/proc/self/fd/1", os.O_RDONLY)
    except OSError as error:
        return error.strerror


def reach_channels():
    try:
        return os.fstat(CHANNELS)
    except OSError as error:
        return error.strerror


COPY = {
    "block": block,
    "half an answer": half_an_answer,
    "a full first read": a_full_first_read,
    "descriptors upwards": descriptors_upwards,
    "fill outputs": fill_outputs,
    "keep lines open": keep_lines_open,
    "read output": read_output,
    "reach channels": reach_channels,
}

ATTACK = os.environ["ATTACK"]
told = TEMPLATE[ATTACK]() if ATTACK in TEMPLATE else COPY[ATTACK]
if ATTACK in TEMPLATE:
    print(ATTACK, flush=True)


def handler(event, context):
    return told()
