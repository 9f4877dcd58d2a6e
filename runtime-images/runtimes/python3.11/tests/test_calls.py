"""LOAD, INVOKE and their errors, over the wire."""

import json
import time
import unittest

from tests import testing_function as testing

APP = '''
import json, logging, os, sys, decimal
LOADED = os.environ["GREETING"]
calls = 0

def handler(event, context):
    global calls
    calls += 1
    return {"event": event, "calls": calls, "loaded": LOADED}

def about(event, context):
    return {
        "request": context.aws_request_id, "name": context.function_name, "version": context.function_version,
        "arn": context.invoked_function_arn, "memory": context.memory_limit_in_mb, "group": context.log_group_name,
        "stream": context.log_stream_name, "remaining": context.get_remaining_time_in_millis(),
        "client": context.client_context and context.client_context.client.app_title,
        "identity": context.identity.cognito_identity_id, "trace": os.environ.get("_X_AMZN_TRACE_ID"),
    }

def place(event, context):
    return {"path": sys.path[:5], "folder": os.getcwd(), "file": __file__, "environment": dict(os.environ)}

def noisy(event, context):
    print("printed")
    logging.getLogger("of.mine").warning("logged %d", 5)
    sys.stdout.write("no newline")

def numbers(event, context):
    return {"whole": decimal.Decimal("5"), "part": decimal.Decimal("1.25"), "text": "\\u00e9"}

def raises(event, context):
    raise KeyError("missing")

def deep(event, context):
    return deep(event, context)

def exits(event, context):
    sys.exit(3)

def unserialisable(event, context):
    return object()

def large(event, context):
    return "x" * 2000

def leaves(event, context):
    for _ in range(event):
        if os.fork() == 0:
            os._exit(0)
    if event:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    with open(f"/proc/self/task/{os.getpid()}/children") as children:
        return len(children.read().split())

def without_text(event, context):
    class Silent(Exception):
        def __str__(self):
            raise ValueError
    raise Silent
'''


class CallsTest(unittest.TestCase):
    def setUp(self):
        self.folder = testing.Folder(
            {
                "app.py": APP,
                "inner/module.py": "def handler(event, context):\n    return __name__\n",
                "package/__init__.py": "",
                "package/module.py": "def handler(event, context):\n    return __name__\n",
                "broken.py": "def handler(event, context):\n    return (\n",
                "importing.py": "import there_is_no_such_module\n",
                "dividing.py": "1 / 0\n",
                "exiting.py": "import sys\nsys.exit(4)\n",
            }
        )
        self.addCleanup(self.folder.remove)
        self.sandbox = testing.Sandbox(self.folder.path)
        self.output = None
        self.addCleanup(self._close)

    def _close(self):
        if self.output is None:
            self.output = self.sandbox.close()
        return self.output

    def call(self, handler, event=None, **metadata):
        self.assertEqual(testing.LOADED, self.sandbox.load(handler)[0])
        return self._parsed(self.sandbox.invoke(event, **metadata))

    @staticmethod
    def _parsed(frame):
        kind, nonce, payload = frame
        return kind, nonce, json.loads(payload)

    def failure_of(self, handler):
        kind, _, error = self.call(handler)
        self.assertEqual(testing.FAILED, kind)
        return error

    def initial_failure_of(self, handler):
        kind, _, payload = self.sandbox.load(handler)
        self.assertEqual(testing.INIT_FAILED, kind)
        self.assertEqual(1, self.sandbox.process.wait(timeout=20))
        return json.loads(payload)

    def test_module_code_runs_once_and_answers_repeat_the_nonce(self):
        self.assertEqual(
            (testing.ANSWER, 1, {"event": {"a": 1}, "calls": 1, "loaded": "hello"}), self.call("app.handler", {"a": 1})
        )
        self.assertEqual(
            (testing.ANSWER, 9, {"event": None, "calls": 2, "loaded": "hello"}),
            self._parsed(self.sandbox.invoke(None, nonce=9)),
        )

    def test_nothing_of_the_function_runs_before_its_code_is_there(self):
        with testing.Folder({}) as folder, testing.Sandbox(folder.path, attached=False) as sandbox:
            sandbox.send(testing.LOAD, testing.load_payload(testing.configuration("late.handler"), b""))
            sandbox.send(testing.INVOKE, testing.invoke_payload([1]), 5)
            self.assertTrue(sandbox.is_silent(0.3))
            folder.write("late.py", "def handler(event, context):\n    return event\n")
            sandbox.ring(testing.BELL_CODE)
            self.assertEqual(testing.LOADED, sandbox.receive()[0])
            self.assertEqual((testing.ANSWER, 5, b"[1]"), sandbox.receive())

    def test_it_is_warmed_before_its_code_is_there(self):
        with testing.Folder({"app.py": APP}) as folder, testing.Sandbox(folder.path, attached=False) as sandbox:
            sandbox.send(testing.WARM)
            self.assertTrue(sandbox.is_silent(0.3))
            sandbox.ring(testing.BELL_FRAME)
            self.assertEqual(testing.WARMED, sandbox.receive()[0])
            sandbox.ring(testing.BELL_CODE)
            self.assertEqual(testing.LOADED, sandbox.load("app.handler")[0])

    def test_load_and_the_first_call_may_come_together(self):
        load = testing.load_payload(testing.configuration("app.handler"), b"")
        self.sandbox.send(testing.LOAD, load)
        self.sandbox.send(testing.INVOKE, testing.invoke_payload([1]), 5)
        self.assertEqual(testing.LOADED, self.sandbox.receive()[0])
        self.assertEqual(testing.ANSWER, self.sandbox.receive()[0])

    def test_an_event_larger_than_the_buffer_arrives_whole(self):
        self.assertEqual(testing.LOADED, self.sandbox.load("app.handler", maxAnswerBytes=1 << 20)[0])
        event = {"text": "x" * 300_000}
        self.assertEqual(event, self._parsed(self.sandbox.invoke(event))[2]["event"])
        self.assertEqual([1], self._parsed(self.sandbox.invoke([1]))[2]["event"])

    def test_context_has_what_lambda_gives(self):
        client = {"client": {"app_title": "title"}, "custom": {}}
        _, _, answer = self.call(
            "app.about", None, traceId="Root=1", clientContext=client, identity={"cognitoIdentityId": "me"}
        )
        self.assertTrue(0 < answer.pop("remaining") <= 5000)
        self.assertEqual(
            {
                "request": "request-1",
                "name": "tested",
                "version": "7",
                "arn": "arn:aws:lambda:local:000000000000:function:tested",
                "memory": "128",
                "group": "/aws/lambda/tested",
                "stream": "stream",
                "client": "title",
                "identity": "me",
                "trace": "Root=1",
            },
            answer,
        )
        self.assertIsNone(self._parsed(self.sandbox.invoke(None))[2]["trace"], "a trace of the call before")

    def test_search_path_folder_and_environment_are_lambdas(self):
        self.sandbox.load(
            "app.place", environment={"PYTHONPATH": "/opt/python:/var/task/lib", "GREETING": ""}, maxAnswerBytes=9999
        )
        answer = self._parsed(self.sandbox.invoke(None))[2]
        root = self.folder.path
        self.assertEqual(
            [root, "/opt/python", "/opt/python/lib/python3.11/site-packages", "/var/task/lib"], answer["path"][:4]
        )
        self.assertEqual((root, f"{root}/app.py"), (answer["folder"], answer["file"]))
        self.assertEqual({"PYTHONPATH": "/opt/python:/var/task/lib", "GREETING": ""}, answer["environment"])

    def test_handlers_in_folders_and_packages(self):
        self.assertEqual("inner.module", self.call("inner/module.handler")[2])
        self.assertEqual("package.module", self.call("package.module.handler")[2])

    def test_what_a_call_prints_has_left_when_it_answers(self):
        self.call("app.noisy")
        output, log = self._close()
        self.assertEqual("printed\nno newline", output)
        self.assertRegex(log, r"^\[WARNING\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\trequest-1\tlogged 5\n$")

    def test_decimals_are_numbers_and_answers_are_ascii(self):
        self.sandbox.load("app.numbers")
        self.assertEqual(b'{"whole": 5, "part": 1.25, "text": "\\u00e9"}', self.sandbox.invoke(None)[2])

    def test_an_exception_has_its_name_text_and_the_functions_frames(self):
        error = self.failure_of("app.raises")
        self.assertEqual(("KeyError", "'missing'"), (error["errorType"], error["errorMessage"]))
        self.assertEqual(1, len(error["stackTrace"]))
        self.assertIn("in raises", error["stackTrace"][0])
        self.assertIn("[ERROR] KeyError: 'missing'\nTraceback (most recent call last):\n", self._close()[1])

    def test_a_deep_stack_is_shortened(self):
        error = self.failure_of("app.deep")
        self.assertEqual("RecursionError", error["errorType"])
        self.assertLess(len("".join(error["stackTrace"])), 4000)
        self.assertIn("frames ...", "".join(error["stackTrace"]))

    def test_an_exception_without_text(self):
        self.assertEqual("<Silent whose text cannot be made>", self.failure_of("app.without_text")["errorMessage"])

    def test_children_that_nobody_waits_for_are_reaped_after_the_next_call(self):
        self.assertEqual(3, self.call("app.leaves", 3)[2])
        self.assertEqual(3, self._parsed(self.sandbox.invoke(0))[2], "the function may still wait for them")
        left, deadline = 3, time.monotonic() + 20
        while left > 0 and time.monotonic() < deadline:  # they end when they come to it
            left = self._parsed(self.sandbox.invoke(0))[2]
        self.assertEqual(0, left)

    def test_sys_exit_is_told_and_ends_the_process(self):
        error = self.failure_of("app.exits")
        self.assertEqual("Runtime.ExitError", error["errorType"])
        self.assertEqual("Runtime exited with error: exit status 3", error["errorMessage"])
        self.assertEqual(3, self.sandbox.process.wait(timeout=20))

    def test_an_answer_that_is_no_json(self):
        error = self.failure_of("app.unserialisable")
        self.assertEqual("Runtime.MarshalError", error["errorType"])
        self.assertEqual(
            "Unable to marshal response: Object of type object is not JSON serializable", error["errorMessage"]
        )

    def test_an_answer_above_the_limit_is_not_sent(self):
        self.assertEqual("Function.ResponseSizeTooLarge", self.failure_of("app.large")["errorType"])

    def test_an_event_that_is_no_json_or_no_utf8(self):
        self.sandbox.load("app.handler")
        for event in (b"{", b"", b"\xff"):
            error = self._parsed(self.sandbox.invoke(event))[2]
            self.assertEqual("Runtime.UnmarshalError", error["errorType"], event)

    def test_a_syntax_error(self):
        error = self.initial_failure_of("broken.handler")
        self.assertEqual("Runtime.UserCodeSyntaxError", error["errorType"])
        self.assertIn("(broken.py, line 2)", error["errorMessage"])

    def test_a_module_that_imports_what_is_not_there(self):
        error = self.initial_failure_of("importing.handler")
        self.assertEqual("Runtime.ImportModuleError", error["errorType"])
        self.assertEqual(
            "Unable to import module 'importing': No module named 'there_is_no_such_module'", error["errorMessage"]
        )

    def test_module_code_that_raises_or_exits(self):
        self.assertEqual("ZeroDivisionError", self.initial_failure_of("dividing.handler")["errorType"])

    def test_module_code_that_exits(self):
        self.assertEqual("Runtime.ExitError", self.initial_failure_of("exiting.handler")["errorType"])

    def test_a_handler_that_is_not_there(self):
        error = self.initial_failure_of("app.nothing")
        self.assertEqual("Runtime.HandlerNotFound", error["errorType"])
        self.assertEqual("Handler 'nothing' missing on module 'app'", error["errorMessage"])

    def test_a_handler_without_module(self):
        self.assertEqual("Runtime.MalformedHandlerName", self.initial_failure_of("handler")["errorType"])

    def test_a_built_in_module(self):
        self.assertEqual("Runtime.BuiltInModuleConflict", self.initial_failure_of("sys.exit")["errorType"])


if __name__ == "__main__":
    unittest.main()
