"""The one function of a sandbox: loading it, calling it."""

import importlib
import json
import os
import sys

from kiln_runtime.context import Context
from kiln_runtime.errors import Failure
from kiln_runtime.logs import HANDLER

TASK = "/var/task"
SEARCH_PATH = (TASK, "/opt/python", "/opt/python/lib/python3.11/site-packages")


class Function:
    """A loaded handler and what every call of it needs."""

    def __init__(self, configuration, handler):
        self._configuration = configuration
        self._handler = handler
        self._max_answer_bytes = configuration["maxAnswerBytes"]

    @classmethod
    def load(cls, configuration_json, bundle):
        configuration = json.loads(configuration_json)
        _set_environment(configuration["environment"])
        sys.path[0:0] = SEARCH_PATH
        os.chdir(TASK)
        return cls(configuration, _resolve(configuration["handler"]))

    def call(self, deadline, metadata_json, event_json):
        metadata = json.loads(metadata_json)
        HANDLER.request_id = metadata["requestId"]
        event = _decode(event_json)
        context = Context(self._configuration, metadata, deadline)
        try:
            result = self._handler(event, context)
        except Exception as exception:
            raise Failure.of(exception) from exception
        return self._encode(result)

    def _encode(self, result):
        try:
            answer = json.dumps(result)
        except Exception as exception:
            raise Failure("Runtime.MarshalError", f"Unable to marshal response: {exception}") from exception
        if len(answer) > self._max_answer_bytes:
            raise Failure(
                "Function.ResponseSizeTooLarge",
                f"Response payload size exceeded maximum allowed payload size ({self._max_answer_bytes} bytes).",
            )
        return answer


def _decode(event):
    try:
        return json.loads(event)
    except ValueError as error:
        raise Failure("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error


def _set_environment(environment):
    os.environ.clear()
    os.environ.update(environment)


def _resolve(handler):
    """`module.function`, where the module may be in folders (`a/b.function`) or a package (`a.b.function`)."""
    module_name, _, function_name = handler.replace("/", ".").rpartition(".")
    if not module_name:
        raise Failure("Runtime.MalformedHandlerName", f"Bad handler '{handler}': it has no module")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise Failure("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Failure(
            "Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'"
        ) from None
