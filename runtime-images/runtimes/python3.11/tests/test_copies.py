"""`fork` isolation: copies of the initialised process, and that nothing of one reaches another."""

import array
import json
import os
import socket
import struct
import unittest

from tests import testing_function as testing

APP = """
import os, random, ssl, threading, time, uuid

inherited = []
children = []
os.register_at_fork(after_in_child=lambda: children.append("hook"))

def handler(event, context):
    inherited.append(event)
    print("from the copy")
    if event == "exit":
        os._exit(7)
    if event == "wait":
        time.sleep(60)
    return {
        "inherited": inherited, "random": random.random(), "uuid": str(uuid.uuid4()),
        "ssl": ssl.RAND_bytes(8).hex(), "hooks": children,
        "thread": threading.main_thread().native_id == threading.get_native_id(),
    }
"""
THREADED = """
import threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()

def handler(event, context):
    return None
"""


class Copy:
    """The gateway's side of a copy: it makes the lines and passes the copy's ends down."""

    def __init__(self, channels):
        self.frames, frames = socket.socketpair()
        self.frames.settimeout(20)
        self.output, output = os.pipe()
        self.errors, errors = os.pipe()
        ends = array.array("i", [frames.fileno(), output, errors])
        channels.sendmsg([b"c"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, ends)])
        frames.close()
        os.close(output)
        os.close(errors)

    def invoke(self, event):
        payload = testing.invoke_payload(event)
        self.frames.sendall(testing.HEADER.pack(len(payload), testing.INVOKE, 0, 1, 0, 0) + payload)

    def close(self):
        self.frames.close()
        os.close(self.output)
        os.close(self.errors)


class CopiesTest(unittest.TestCase):
    def setUp(self):
        self.folder = testing.Folder({"app.py": APP, "threaded.py": THREADED})
        self.addCleanup(self.folder.remove)
        self.sandbox = testing.Sandbox(self.folder.path)
        self.addCleanup(self.sandbox.close)

    def fork(self, nonce):
        copy = Copy(self.sandbox.channels)
        self.addCleanup(copy.close)
        self.sandbox.send(testing.FORK, nonce=nonce)
        self.assertEqual((testing.FORKED, nonce, b""), self.sandbox.receive())
        return copy

    def answer(self, copy, event):
        copy.invoke(event)
        kind, _, payload = testing.receive(copy.frames)
        self.assertEqual(testing.ANSWER, kind, payload)
        return json.loads(payload)

    def exits(self, count):
        """Nonces and wait statuses of copies that have ended."""
        statuses = {}
        for _ in range(count):
            kind, nonce, payload = self.sandbox.receive()
            self.assertEqual(testing.COPY_EXITED, kind)
            (statuses[nonce],) = struct.unpack("<I", payload)
        return statuses

    def refusal(self):
        self.addCleanup(Copy(self.sandbox.channels).close)
        self.sandbox.send(testing.FORK, nonce=5)
        kind, nonce, payload = self.sandbox.receive()
        self.assertEqual((testing.FORK_REFUSED, 5), (kind, nonce))
        return json.loads(payload)

    def test_copies_run_side_by_side_and_share_nothing_but_the_start(self):
        self.assertEqual(testing.LOADED, self.sandbox.load("app.handler", isolation="fork", maxAnswerBytes=9999)[0])
        copies = [self.fork(nonce) for nonce in (11, 12)]
        first, second = (self.answer(copy, event) for copy, event in zip(copies, ("a", "b")))
        self.assertEqual((["a"], ["b"]), (first["inherited"], second["inherited"]))
        for drawn in ("random", "uuid", "ssl"):
            self.assertNotEqual(first[drawn], second[drawn], drawn)
        self.assertEqual(["hook"], first["hooks"], "the function's own hooks of os.fork run")
        self.assertTrue(first["thread"])
        self.assertEqual({11: 0, 12: 0}, self.exits(2))
        self.assertEqual(b"from the copy\n", os.read(copies[0].output, 100))

    def test_a_copy_that_dies_is_reported_and_the_next_is_well(self):
        self.sandbox.load("app.handler", isolation="fork", maxAnswerBytes=9999)
        copy = self.fork(1)
        copy.invoke("exit")
        self.assertEqual({1: 7 << 8}, self.exits(1))
        self.assertEqual(["a"], self.answer(self.fork(2), "a")["inherited"])

    def test_a_copy_can_be_killed(self):
        self.sandbox.load("app.handler", isolation="fork")
        copy = self.fork(1)
        copy.invoke("wait")
        self.sandbox.send(testing.KILL_COPY, nonce=1)
        self.assertEqual({1: 9}, self.exits(1))

    def test_a_process_with_threads_says_that_it_cannot_fork(self):
        self.sandbox.load("threaded.handler", isolation="fork")
        error = self.refusal()
        self.assertEqual("Runtime.ForkRefused", error["errorType"])
        self.assertIn("threads", error["errorMessage"])

    def test_only_a_function_loaded_for_it_is_forked(self):
        self.sandbox.load("app.handler")
        self.assertEqual("Runtime.ForkRefused", self.refusal()["errorType"])


if __name__ == "__main__":
    unittest.main()
