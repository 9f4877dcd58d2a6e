"""Warming: running a function of our own through the real code path, before a function of somebody's comes.

Most of a first call's time goes into the pages that it is the first to write to since the fork. A dummy that does what
most functions do (imports a sibling, makes a class, reads and writes JSON, prints) writes to them ahead. Each thing more
that it does costs every warmed sandbox memory: calling `logging` 0.2 MB, which is why it does not.
"""

import json
import os
import sys

from kiln_runtime import bundle, logs
from kiln_runtime.environment import replace
from kiln_runtime.function import Function

DUMMY = os.path.join(os.path.dirname(__file__), "dummy")
CONFIGURATION = {
    "handler": "kiln_dummy.handler",
    "functionName": "dummy",
    "functionVersion": "1",
    "functionArn": "arn:aws:lambda:local:000000000000:function:dummy",
    "memoryMb": 128,
    "logGroup": "/aws/lambda/dummy",
    "logStream": "dummy",
    "environment": {f"KILN_DUMMY_{number}": "a value of some length" for number in range(24)},
    "maxAnswerBytes": 1 << 20,
}
METADATA = json.dumps({"requestId": "00000000-0000-0000-0000-000000000000"})
EVENT = json.dumps({"name": "dummy", "numbers": [1, 2.5, -3], "nested": {"list": ["a", "b"], "none": None}})


class Dummy:
    """Our own function, compiled once in the zygote."""

    def __init__(self):
        modules = []
        for name in ("kiln_dummy", "kiln_dummy_sibling"):
            path = f"{DUMMY}/{name}.py"
            with open(path, encoding="utf-8") as file:
                modules.append((name, False, f"{name}.py", compile(file.read(), path, "exec", dont_inherit=True)))
        self._bundle = bundle.pack(modules)
        self._names = [name for name, *_ in modules]
        self._configuration = json.dumps(CONFIGURATION)

    def run(self):
        """Loads and calls it once, and leaves the interpreter as it was. What it prints goes nowhere."""
        environment, search_path, finders = dict(os.environ), sys.path[:], sys.meta_path[:]
        folder, request_id = os.getcwd(), logs.HANDLER.request_id
        with _Silence():
            function = Function.load(json.loads(self._configuration), self._bundle, DUMMY)
            function.call(0, METADATA, EVENT)
            logs.flush()
        for name in self._names:
            del sys.modules[name]
        os.chdir(folder)
        logs.HANDLER.request_id = request_id
        sys.path[:], sys.meta_path[:] = search_path, finders
        replace(environment)


class _Silence:
    """Standard output and error lead nowhere inside."""

    def __enter__(self):
        self._saved = os.dup(1), os.dup(2)
        nowhere = os.open("/dev/null", os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(nowhere)

    def __exit__(self, *_):
        for number, saved in enumerate(self._saved, 1):
            os.dup2(saved, number)
            os.close(saved)
