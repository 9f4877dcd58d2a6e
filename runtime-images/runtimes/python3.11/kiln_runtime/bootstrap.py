"""The bootstrap: PID 1 of a sandbox, which does what the gateway's frames ask, one after another."""

import sys

import _kiln

from kiln_runtime import errors, logs
from kiln_runtime.function import Function


def prepare():
    """What can be done in the zygote, once."""
    logs.install()


def run():
    """Serves frames until the gateway closes its end, which ends the process inside `_kiln`."""
    _kiln.send(_kiln.READY, 0, _kiln.entered())
    function = None
    while True:
        frame = _kiln.receive()
        kind = frame[0]
        if kind == _kiln.INVOKE:
            _invoke(function, *frame[1:])
        elif kind == _kiln.LOAD:
            function = _load(*frame[1:])
        else:
            raise SystemExit(f"kiln: a frame of unknown type {kind}")


def _load(nonce, configuration, bundle):
    try:
        function = Function.load(configuration, bundle)
    except errors.Failure as failure:
        _flush()
        _kiln.send(_kiln.INIT_FAILED, nonce, failure.json())
        raise SystemExit(1) from None
    _flush()
    _kiln.send(_kiln.LOADED, nonce, None)
    return function


def _invoke(function, nonce, deadline, metadata, event):
    try:
        answer = function.call(deadline, metadata, event)
    except errors.Failure as failure:
        _flush()
        _kiln.send(_kiln.FAILED, nonce, failure.json())
    else:
        _flush()
        _kiln.send(_kiln.ANSWER, nonce, answer)


def _flush():
    """What a function printed leaves before its answer does, so that it can be told to be this call's."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # the function replaced or closed it
