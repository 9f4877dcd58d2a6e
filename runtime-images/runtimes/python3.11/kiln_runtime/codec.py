"""Events and answers: JSON as AWS Lambda's runtime reads and writes it."""

import decimal
import json

from kiln_runtime.errors import Failure, text_of


LARGEST_EXACT = 2**53


class _Encoder(json.JSONEncoder):
    """Writes decimals, which boto3 hands out for numbers, as JSON's numbers: whole ones whole, others as doubles."""

    def default(self, value):
        if not isinstance(value, decimal.Decimal):
            return super().default(value)
        whole = value.is_finite() and abs(value) < LARGEST_EXACT and value == value.to_integral_value()
        return int(value) if whole else float(value)


# What JSONEncoder.encode makes anew for each value, and what json.loads comes to after some checks, at a third of their time.
_markers = {}  # the containers that are being written, to find circles
_chunks = json.encoder.c_make_encoder(
    _markers, _Encoder().default, json.encoder.encode_basestring_ascii, None, ": ", ", ", False, False, True
)
_scan = json.JSONDecoder().scan_once


def decode(event):
    """`event` is str, or bytes that are not UTF-8."""
    try:
        return _decode(event)
    except (ValueError, RecursionError) as error:
        raise Failure("Runtime.UnmarshalError", f"Unable to unmarshal input: {text_of(error)}") from None


def _decode(event):
    if isinstance(event, str):
        try:
            value, end = _scan(event, 0)
            if end == len(event):
                return value
        except (StopIteration, ValueError):
            pass
    return json.loads(event)  # which knows what surrounds a value, and says what is wrong


def decode_trusted(text):
    """The gateway's own JSON: one value and nothing around it."""
    return _scan(text, 0)[0]


def encode(result, max_bytes):
    """ASCII, so characters are bytes."""
    try:
        answer = "".join(_chunks(result, 0))
    except Exception as error:  # a function's own classes may raise anything
        _markers.clear()
        raise Failure("Runtime.MarshalError", f"Unable to marshal response: {text_of(error)}") from None
    if len(answer) > max_bytes:
        message = f"Response payload size exceeded maximum allowed payload size ({max_bytes} bytes)."
        raise Failure("Function.ResponseSizeTooLarge", message)
    return answer
