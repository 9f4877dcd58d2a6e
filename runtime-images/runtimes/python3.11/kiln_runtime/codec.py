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


_encode = _Encoder().encode
_decode = json.loads


def decode(event):
    """`event` is str, or bytes that are not UTF-8."""
    try:
        return _decode(event)
    except (ValueError, RecursionError) as error:
        raise Failure("Runtime.UnmarshalError", f"Unable to unmarshal input: {text_of(error)}") from None


def encode(result, max_bytes):
    """ASCII, so characters are bytes."""
    try:
        answer = _encode(result)
    except Exception as error:  # a function's own classes may raise anything
        raise Failure("Runtime.MarshalError", f"Unable to marshal response: {text_of(error)}") from None
    if len(answer) > max_bytes:
        message = f"Response payload size exceeded maximum allowed payload size ({max_bytes} bytes)."
        raise Failure("Function.ResponseSizeTooLarge", message)
    return answer
