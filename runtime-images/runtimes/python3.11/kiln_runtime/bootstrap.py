"""The bootstrap: PID 1 of a sandbox, which does what the gateway's frames ask, one after another."""

import _random
import _thread
import json
import random
import threading

import _kiln

from kiln_runtime import compiler, logs
from kiln_runtime.copies import Template
from kiln_runtime.errors import Failure, exit_status
from kiln_runtime.function import TASK, Function
from kiln_runtime.warming import Dummy


class Bootstrap:
    """Made in the zygote; `run` is the life of a sandbox. The function's code lies at `root`."""

    def __init__(self, fork_hooks, root=TASK):
        logs.install()
        self._root = root
        self._fork_hooks = fork_hooks
        self._dummy = Dummy()
        self._function = None
        self._template = None
        self._is_copy = False
        self._do = {
            _kiln.INVOKE: self._invoke,
            _kiln.LOAD: self._load,
            _kiln.WARM: self._warm,
            _kiln.COMPILE: self._compile,
            _kiln.FORK: self._fork,
            _kiln.KILL_COPY: self._kill_copy,
            _kiln.CLEAN: self._clean,
        }

    def rehearse(self, times):
        """In the zygote: what the interpreter learns of its own code by running it, every sandbox inherits."""
        for _ in range(times):
            self._dummy.run()

    def run(self):
        """Serves frames until the gateway closes its end, which ends the process inside `_kiln`."""
        _be_another_process()
        while _kiln.await_bell() != _kiln.BELL_CODE:
            self._serve()
        while True:
            if self._template is not None:
                self._template.await_frame()
            self._serve()

    def _serve(self):
        frame = _kiln.receive()
        self._do[frame[0]](*frame[1:])

    def _load(self, nonce, configuration_json, bundle):
        configuration = json.loads(configuration_json)
        forks = configuration.get("isolation") == "fork"
        if not forks:
            self._fork_hooks.release()
        try:
            self._function = Function.load(configuration, bundle, self._root)
        except Failure as failure:
            self._tell(_kiln.INIT_FAILED, nonce, failure)
            raise SystemExit(1) from None
        if forks:
            self._template = Template()
        logs.flush()
        _kiln.send(_kiln.LOADED, nonce, None)

    def _invoke(self, nonce, deadline, metadata, event):
        try:
            answer = self._function.call(deadline, metadata, event)
        except Failure as failure:
            self._tell(_kiln.FAILED, nonce, failure)
            if isinstance(failure.__cause__, SystemExit):
                self._end(exit_status(failure.__cause__))
        else:
            logs.flush()
            _kiln.send(_kiln.ANSWER, nonce, answer)
        if self._is_copy:
            self._end(0)
        _kiln.reap_orphans()

    def _tell(self, kind, nonce, failure):
        failure.log()
        logs.flush()
        _kiln.send(kind, nonce, failure.json())

    def _end(self, status):
        if self._is_copy:
            _kiln.leave(status)
        raise SystemExit(status)

    def _warm(self, nonce, _):
        self._dummy.run()
        _kiln.send(_kiln.WARMED, nonce, None)

    def _compile(self, nonce, request):
        try:
            bundle, warnings = compiler.compile_folder(self._root, json.loads(request)["handler"])
        except Exception as error:
            self._tell(_kiln.FAILED, nonce, Failure.of(error))
            return
        report = json.dumps({"warnings": warnings}).encode()
        _kiln.send(_kiln.COMPILED, nonce, b"".join((len(report).to_bytes(4, "little"), report, bundle)))

    def _fork(self, nonce, _):
        try:
            if self._template is None:
                raise Failure("Runtime.ForkRefused", "The function was not loaded with fork isolation")
            in_copy = self._template.fork(nonce)
        except Failure as failure:
            _kiln.send(_kiln.FORK_REFUSED, nonce, failure.json())
            return
        if in_copy:
            self._become_copy()

    def _become_copy(self):
        """Takes one call and ends. What can be done before the call comes is done now."""
        self._template = None
        self._is_copy = True
        self._fork_hooks.release()
        _be_another_process()
        self._function.rehearse()

    def _kill_copy(self, nonce, _):
        if self._template is not None:
            self._template.kill(nonce)

    def _clean(self, nonce, _):
        if self._template is not None:
            self._template.clean()
        _kiln.send(_kiln.CLEANED, nonce, None)


def _be_another_process():
    """What the hooks held back by the zygote would do that a process of one thread needs: siblings must not draw the same
    random numbers, and the main thread has another id. As random.seed() and Thread._set_native_id() do it, without running
    through their code, whose pages would be copied."""
    _random.Random.seed(_GENERATOR)
    _GENERATOR.gauss_next = None
    _MAIN_THREAD._native_id = _thread.get_native_id()


_GENERATOR = random._inst
_MAIN_THREAD = threading.main_thread()
