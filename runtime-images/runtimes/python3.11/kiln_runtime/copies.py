"""`fork` isolation: the initialised process never serves a call, it is the template of copies that serve one each."""

import errno
import gc
import os
import signal

import _kiln

from kiln_runtime.errors import Failure

THREADS = "/proc/self/task"
WRITABLE = ("/tmp", "/dev/shm")
MAX_ROUNDS = 64


class Template:
    """Forks copies and reaps them. It is undumpable: its memory, which every later call starts from, is closed to the
    copies, and so are its descriptors."""

    def __init__(self):
        self._copies = {}
        self._killed = set()
        self._children = f"/proc/self/task/{os.getpid()}/children"
        _kiln.become_template()
        gc.collect()
        _kiln.fill_gaps()
        gc.freeze()

    def fork(self, nonce):
        """True in the copy. Raises Failure where the process cannot be forked."""
        threads = os.stat(THREADS).st_nlink - 2
        if threads > 1:
            _kiln.refuse_copy()
            message = f"A process with threads cannot be forked safely: the function has {threads - 1} beside its first."
            raise Failure("Runtime.ForkRefused", message)
        try:
            pid = _kiln.fork_copy()
        except OSError as error:
            raise Failure("Runtime.ForkRefused", f"fork: {errno.errorcode.get(error.errno, error.errno)}") from None
        if pid == 0:
            return True
        self._copies[pid] = nonce
        _kiln.send(_kiln.FORKED, nonce, None)
        return False

    def await_frame(self):
        """Reports copies that end until a frame is there."""
        while ended := _kiln.await_frame():
            for pid, status in ended:
                self._report(pid, status)

    def kill(self, nonce):
        """Ends a copy, if it has not ended, without waiting: taking its memory apart takes as long as making it."""
        for pid, copy in self._copies.items():
            if copy == nonce:
                os.kill(pid, signal.SIGKILL)
                self._killed.add(pid)

    def _report(self, pid, status):
        self._killed.discard(pid)
        nonce = self._copies.pop(pid, None)
        if nonce is not None:
            _kiln.send(_kiln.COPY_EXITED, nonce, status.to_bytes(4, "little"))

    def clean(self):
        """Between calls: ends what copies have left running and empties what they can have written to. Copies that
        wait for their call stay. Copies that were killed have ended before: what they leave is then this process'
        child."""
        for pid in list(self._killed):
            self._report(*os.waitpid(pid, 0))
        self._end_leftovers()
        for folder in WRITABLE:
            _empty(folder)
        _kiln.clean_ipc()

    def _end_leftovers(self):
        """What a copy leaves becomes this process' child when the copy has ended, and so does what that leaves."""
        for _ in range(MAX_ROUNDS):
            with open(self._children, encoding="ascii") as file:
                left = [pid for pid in map(int, file.read().split()) if pid not in self._copies]
            if not left:
                return
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            for pid in left:
                os.waitpid(pid, 0)
        os.kill(-1, signal.SIGKILL)  # they are born faster than they end: all at once, waiting copies too


def _empty(folder):
    """Removes all that is in a folder. Links are removed, never followed; nothing runs that could put one in."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                os.chmod(entry.path, 0o700)  # its owner may have closed it to himself
                _empty(entry.path)
                os.rmdir(entry.path)
            else:
                os.unlink(entry.path)
