"""The zygote: an interpreter that has imported what most functions import, and has never seen one.

All that it does before it serves is done once for every sandbox; all that it leaves undone, each sandbox pays for.
"""

import gc
import importlib
import os
import site
import sys

import _kiln

# What handlers and the libraries they bring import most. A fork costs about 35 us for each MiB of the zygote, and so
# does the child's end: what is heavier or rarer (ssl, http, asyncio, pathlib, pickle) whoever needs it imports.
COMMON_MODULES = (
    "base64", "collections", "collections.abc", "contextlib", "copy", "dataclasses", "datetime", "decimal", "enum",
    "functools", "hashlib", "hmac", "importlib.util", "inspect", "io", "itertools", "linecache", "math", "operator",
    "os.path", "re", "signal", "string", "struct", "time", "traceback", "types", "typing", "urllib.parse", "uuid",
    "warnings", "weakref", "zlib",
)

# What the bootstrap itself runs through in every sandbox, and what would import it earlier (secrets, random). Imported last,
# with it, these lie close together: fewer pages are written to.
OWN_MODULES = ("json", "logging", "random", "secrets", "threading")


class ForkHooks:
    """Hooks that the standard library registers for os.fork, held back while the zygote imports it and until `release`.

    They mend locks and threads that a fork may have caught half-way. The zygote has one thread and forks while it
    holds no lock, so its children need none of them; each child releases them, for the function's own forks.
    """

    def __init__(self):
        self._held = True
        self._hooks = {"before": [], "after_in_parent": [], "after_in_child": []}

    def __enter__(self):
        self._register = os.register_at_fork
        os.register_at_fork = self._collect
        return self

    def __exit__(self, *_):
        os.register_at_fork = self._register
        os.register_at_fork(
            before=self._before, after_in_parent=self._after_in_parent, after_in_child=self._after_in_child
        )

    def release(self):
        self._held = False

    def _collect(self, **hooks):
        for when, hook in hooks.items():
            self._hooks[when].append(hook)

    def _before(self):
        self._run(reversed(self._hooks["before"]))

    def _after_in_parent(self):
        self._run(self._hooks["after_in_parent"])

    def _after_in_child(self):
        self._run(self._hooks["after_in_child"])

    def _run(self, hooks):
        if not self._held:
            for hook in hooks:
                hook()


# Enough for the interpreter to specialise the code that runs.
REHEARSALS = 16


def main():
    hooks = ForkHooks()
    with hooks:  # also around what the bootstrap imports
        for name in COMMON_MODULES:
            importlib.import_module(name)
        _kiln.fill_gaps()
        for name in OWN_MODULES:
            importlib.import_module(name)
        bootstrap = importlib.import_module("kiln_runtime.bootstrap").Bootstrap(hooks)
    _be_an_ordinary_interpreter()
    bootstrap.rehearse(REHEARSALS)
    gc.collect()
    _kiln.fill_gaps()
    gc.disable()
    gc.freeze()
    _kiln.serve()
    gc.enable()
    bootstrap.run()


def _be_an_ordinary_interpreter():
    """Undoes what of the way this interpreter was started a function could see."""
    site.setquit()
    site.sethelper()
    sys.path.remove("/opt/kiln")
    sys.path_importer_cache.clear()
    # multiprocessing's "spawn" runs the main module's file in its children: there is none to run.
    del sys.modules["__main__"].__file__
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
