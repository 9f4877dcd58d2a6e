"""A function's folder and a bootstrap process over it, spoken to in frames as the gateway does."""

import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

BELL_FRAME, BELL_CODE = b"\x01", b"\x02"
HEADER = struct.Struct("<IHHQII")
LOAD, INVOKE, COMPILE, WARM, FORK, KILL_COPY, CLEAN = range(1, 8)
READY, LOADED, INIT_FAILED, ANSWER, FAILED, COMPILED, WARMED = range(64, 71)
FORKED, FORK_REFUSED, COPY_EXITED, CLEANED = range(72, 76)

PROGRAM = """
import os, sys, _kiln
from kiln_runtime.zygote import ForkHooks
hooks = ForkHooks()
with hooks:
    from kiln_runtime.bootstrap import Bootstrap
    bootstrap = Bootstrap(hooks, sys.argv[1])
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(line_buffering=True, errors="backslashreplace")
_kiln.send(64, 0, None)
bootstrap.run()
"""


class Folder:
    """A temporary folder of modules."""

    def __init__(self, files):
        self.path = tempfile.mkdtemp(prefix="kiln-test-")
        for name, content in files.items():
            self.write(name, content)

    def write(self, name, content):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        shutil.rmtree(self.path)


def configuration(handler, **changes):
    return {
        "handler": handler,
        "functionName": "tested",
        "functionVersion": "7",
        "functionArn": "arn:aws:lambda:local:000000000000:function:tested",
        "memoryMb": 128,
        "logGroup": "/aws/lambda/tested",
        "logStream": "stream",
        "environment": {"PATH": "/usr/bin:/bin", "GREETING": "hello"},
        "maxAnswerBytes": 1000,
        "isolation": "reuse",
        **changes,
    }


class Sandbox:
    """A bootstrap in a process of its own, with descriptors 3 and 4 where it expects them."""

    def __init__(self, root, attached=True):
        self._frames, theirs = socket.socketpair()
        self._frames.settimeout(20)
        self.channels, their_channels = socket.socketpair()
        self.channels.settimeout(20)

        def place_descriptors():
            first, second = os.dup(theirs.fileno()), os.dup(their_channels.fileno())
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, root],
            preexec_fn=place_descriptors,
            close_fds=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        theirs.close()
        their_channels.close()
        assert self.receive()[0] == READY
        if attached:
            self.ring(BELL_CODE)

    def ring(self, bell):
        self.channels.sendall(bell)

    def send(self, kind, payload=b"", nonce=0):
        self._frames.sendall(HEADER.pack(len(payload), kind, 0, nonce, 0, 0) + payload)

    def receive(self):
        return receive(self._frames)

    def is_silent(self, seconds):
        return not select.select([self._frames], [], [], seconds)[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def load(self, handler, bundle=b"", **changes):
        self.send(LOAD, load_payload(configuration(handler, **changes), bundle))
        return self.receive()

    def invoke(self, event, nonce=1, **metadata):
        self.send(INVOKE, invoke_payload(event, **metadata), nonce)
        return self.receive()

    def compile(self, handler):
        self.send(COMPILE, json.dumps({"handler": handler}).encode())
        kind, _, payload = self.receive()
        assert kind == COMPILED, payload
        (length,) = struct.unpack_from("<I", payload)
        return json.loads(payload[4 : 4 + length]), payload[4 + length :]

    def close(self):
        """Returns what it printed and logged."""
        self._frames.close()
        self.channels.close()
        return tuple(text.decode() for text in self.process.communicate(timeout=20))


def load_payload(settings, bundle):
    text = json.dumps(settings).encode()
    return struct.pack("<I", len(text)) + text + bundle


def invoke_payload(event, **metadata):
    text = json.dumps({"requestId": "request-1", **metadata}).encode()
    deadline = int(time.time() * 1000) + 5000
    return struct.pack("<qI", deadline, len(text)) + text + (event if isinstance(event, bytes) else json.dumps(event).encode())


def receive(frames):
    header = _exactly(frames, HEADER.size)
    length, kind, _, nonce, _, _ = HEADER.unpack(header)
    return kind, nonce, _exactly(frames, length)


def _exactly(frames, size):
    received = b""
    while len(received) < size:
        part = frames.recv(size - len(received))
        if not part:
            raise EOFError("the sandbox closed its end")
        received += part
    return received
