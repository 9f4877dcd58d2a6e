"""Errors of a function, in the shape and with the names that AWS Lambda gives them."""

import json
import sys
import traceback
from os.path import dirname

MAX_MESSAGE_CHARACTERS = 256 * 1024
MAX_STACK_FRAMES = 64
MAX_FRAME_CHARACTERS = 1024
MAX_TYPE_CHARACTERS = 1024
OWN_FOLDER = dirname(__file__)


class Failure(Exception):
    """What the gateway is told, and the function's log: an error's type, message and stack."""

    def __init__(self, error_type, message, stack_trace=()):
        super().__init__(message)
        self.error_type = error_type[:MAX_TYPE_CHARACTERS]
        self.message = message[:MAX_MESSAGE_CHARACTERS]
        self.stack_trace = [frame[:MAX_FRAME_CHARACTERS] for frame in stack_trace]

    @classmethod
    def of(cls, exception):
        """An exception that came out of the function's own code."""
        if isinstance(exception, SystemExit):
            return cls("Runtime.ExitError", f"Runtime exited with error: exit status {exit_status(exception)}")
        return cls(type(exception).__name__, text_of(exception), stack_of(exception))

    def json(self):
        return json.dumps(
            {"errorType": self.error_type, "errorMessage": self.message, "stackTrace": self.stack_trace}
        )

    def log(self):
        """Writes the error to the function's log, as a process that died of it would."""
        lines = [f"[ERROR] {self.error_type}: {self.message}\n"]
        if self.stack_trace:
            lines.append("Traceback (most recent call last):\n")
            lines.extend(self.stack_trace)
        try:
            sys.stderr.write("".join(lines))
        except Exception:  # the function replaced or closed it
            pass


def exit_status(exception):
    """What `sys.exit(code)` makes of its code."""
    code = exception.code
    if code is None:
        return 0
    return code & 0xFF if isinstance(code, int) else 1


def stack_of(exception):
    """The stack as traceback formats it, without this runtime's frames, the middle left out where it is deep."""
    frames = [
        frame
        for frame in traceback.extract_tb(exception.__traceback__)
        if not frame.filename.startswith((OWN_FOLDER, "<frozen importlib"))
    ]
    if len(frames) <= MAX_STACK_FRAMES:
        return traceback.format_list(frames)
    half = MAX_STACK_FRAMES // 2
    left_out = f"  ... {len(frames) - 2 * half} frames ...\n"
    return [*traceback.format_list(frames[:half]), left_out, *traceback.format_list(frames[-half:])]


def text_of(exception):
    try:
        return str(exception)
    except Exception:  # a function's own __str__ may raise anything
        return f"<{type(exception).__name__} whose text cannot be made>"
