"""The one function of a sandbox: loading it, calling it."""

import os
import sys
import time

from kiln_runtime import bundle as bundles
from kiln_runtime import codec
from kiln_runtime.context import Context
from kiln_runtime.environment import replace
from kiln_runtime.errors import Failure, stack_of, text_of
from kiln_runtime.logs import HANDLER, flush

TASK = "/var/task"
SEARCH_PATH = (TASK, "/opt/python", "/opt/python/lib/python3.11/site-packages")
TRACE_VARIABLE = "_X_AMZN_TRACE_ID"
REHEARSED_METADATA = '{"requestId": "00000000-0000-0000-0000-000000000000"}'
REHEARSED_EVENT = '{"name": "rehearsal", "numbers": [1, 2.5, -3], "nested": {"list": ["a", "b"], "none": null}}'


class Function:
    """A loaded handler and what every call of it needs."""

    def __init__(self, configuration, handler):
        self._configuration = configuration
        self._handler = handler
        self._max_answer_bytes = configuration["maxAnswerBytes"]

    @classmethod
    def load(cls, configuration, bundle, root):
        """Runs the function's module-level code. Raises Failure, as `call` does."""
        _set_environment(configuration["environment"])
        _set_search_path(root)
        finder = bundles.install(bundle, root)
        os.chdir(root)
        try:
            return cls(configuration, _resolve(configuration["handler"], finder))
        except Failure:
            raise
        except BaseException as error:  # sys.exit at import is the function's as well
            raise Failure.of(error) from error

    def rehearse(self):
        """All of a call but the handler, for a process that has just been forked: it writes to the pages that the call
        would otherwise be the first to write to."""
        HANDLER.request_id = ""
        context = Context(self._configuration, codec.decode_trusted(REHEARSED_METADATA), 0)
        context.get_remaining_time_in_millis()
        codec.encode(codec.decode(REHEARSED_EVENT), self._max_answer_bytes)
        print(end="")
        flush()

    def call(self, deadline, metadata_json, event_json):
        """Returns the answer's JSON."""
        metadata = codec.decode_trusted(metadata_json)
        HANDLER.request_id = metadata["requestId"]
        _set_trace(metadata.get("traceId"))
        event = codec.decode(event_json)
        context = Context(self._configuration, metadata, deadline)
        try:
            result = self._handler(event, context)
        except BaseException as error:
            raise Failure.of(error) from error
        return codec.encode(result, self._max_answer_bytes)


def _set_environment(environment):
    replace(environment)
    if environment.get("TZ", "UTC").lstrip(":") != "UTC":
        time.tzset()


def _set_search_path(root):
    """As on AWS Lambda: the task's folder first, then layers, then what PYTHONPATH names."""
    first = (root, *SEARCH_PATH[1:])
    named = os.environ.get("PYTHONPATH", "").split(":")
    sys.path[0:0] = (*first, *(folder for folder in named if folder and folder not in first))


def _set_trace(trace):
    if trace is not None:
        os.environ[TRACE_VARIABLE] = trace
    elif TRACE_VARIABLE in os.environ:
        del os.environ[TRACE_VARIABLE]


def _resolve(handler, finder):
    """`module.function`, where the module may be in folders (`a/b.function`) or a package (`a.b.function`)."""
    module_name, dot, function_name = handler.rpartition(".")
    module_name = module_name.replace("/", ".")
    if not dot or not module_name or not function_name:
        raise Failure("Runtime.MalformedHandlerName", f"Bad handler '{handler}': it is not module.function")
    if module_name.partition(".")[0] in sys.builtin_module_names:
        raise Failure(
            "Runtime.BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module"
        )
    module = _import(module_name, finder)
    try:
        return getattr(module, function_name)
    except AttributeError:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise Failure("Runtime.HandlerNotFound", message) from None


def _import(name, finder):
    try:
        if finder is None or not finder.import_first(name):
            __import__(name)
        return sys.modules[name]
    except ImportError as error:
        message = f"Unable to import module '{name}': {text_of(error)}"
        raise Failure("Runtime.ImportModuleError", message, stack_of(error)) from None
    except SyntaxError as error:
        message = f"Syntax error in module '{name}': {text_of(error)}"
        where = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        raise Failure("Runtime.UserCodeSyntaxError", message, [where]) from None
