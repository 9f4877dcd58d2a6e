"""Errors of a function, in the shape and with the names that AWS Lambda gives them."""

import json
import traceback

MAX_MESSAGE_CHARACTERS = 256 * 1024
MAX_STACK_FRAMES = 64
RUNTIME_FOLDER = "/opt/kiln/"


class Failure(Exception):
    """What the gateway is told: an error's type, message and stack."""

    def __init__(self, error_type, message, stack_trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.stack_trace = list(stack_trace)

    @classmethod
    def of(cls, exception):
        """An exception that the function's own code raised."""
        return cls(type(exception).__name__, _text(exception), stack_of(exception))

    def json(self):
        return json.dumps(
            {
                "errorType": self.error_type,
                "errorMessage": self.message[:MAX_MESSAGE_CHARACTERS],
                "stackTrace": self.stack_trace,
            }
        )


def stack_of(exception):
    """The stack as traceback formats it, without the frames of this runtime, the middle left out when it is deep."""
    frames = [
        frame
        for frame in traceback.extract_tb(exception.__traceback__)
        if not frame.filename.startswith((RUNTIME_FOLDER, "<frozen importlib"))
    ]
    half = MAX_STACK_FRAMES // 2
    lines = traceback.format_list(frames[:half])
    if len(frames) > MAX_STACK_FRAMES:
        lines.append(f"  ({len(frames) - MAX_STACK_FRAMES} frames left out)\n")
    return lines + traceback.format_list(frames[half:][-half:])


def _text(exception):
    try:
        return str(exception)
    except Exception:  # a function's own __str__ may raise anything
        return f"<{type(exception).__name__} whose text cannot be made>"
