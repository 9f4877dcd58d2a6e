"""Bundles: what is compiled, and that imports from one are Python's own."""

import json
import os
import unittest

from kiln_runtime import bundle, compiler
from tests import testing_function as testing

REPORT = '''
"""An app."""
import inspect, pickle, sys, importlib.resources, importlib.util
from package.helper import fail

class Thing:
    pass

def handler(event, context):
    import package, package.helper, plain, namespace.inner
    if event == "fail":
        fail()
    return {
        "loaders": [type(module.__loader__).__module__ for module in (package, package.helper, plain, namespace.inner)],
        "files": [module.__file__ for module in (package, package.helper, plain)],
        "names": [package.helper.__package__, package.helper.__name__, plain.__package__, package.__path__],
        "source": inspect.getsource(fail),
        "pickled": type(pickle.loads(pickle.dumps(Thing()))).__qualname__,
        "resource": importlib.resources.files("package").joinpath("data.txt").read_text(),
        "cached": plain.__cached__,
        "own": [__name__, __package__, __file__, __cached__, __doc__, __spec__.origin, __spec__.cached, __spec__.parent,
            __spec__.has_location, __spec__._initializing, importlib.util.find_spec("app") is __spec__],
        "reloaded": importlib.reload(sys.modules["app"]).__file__,
    }
'''

FILES = {
    "app.py": REPORT,
    "plain.py": "",
    "package/__init__.py": "from . import helper\n",
    "package/helper.py": "def fail():\n    raise RuntimeError('in helper')\n",
    "package/data.txt": "data",
    "namespace/inner.py": "",
}


class BundleTest(unittest.TestCase):
    def folder(self, files):
        folder = testing.Folder(files)
        self.addCleanup(folder.remove)
        return folder.path

    def sandbox(self, root):
        sandbox = testing.Sandbox(root)
        self.addCleanup(sandbox.close)
        return sandbox

    def compiled(self, root, handler="app.handler"):
        return self.sandbox(root).compile(handler)[1]

    def answer(self, root, packed, event=None, **settings):
        sandbox = self.sandbox(root)
        kind, _, payload = sandbox.load("app.handler", packed, maxAnswerBytes=100_000, **settings)
        self.assertEqual(testing.LOADED, kind, payload)
        kind, _, payload = sandbox.invoke(event)
        return kind, json.loads(payload)

    def test_modules_look_as_if_they_came_from_their_files(self):
        root = self.folder(FILES)
        with_bundle, without = self.answer(root, self.compiled(root)), self.answer(root, b"")
        self.assertEqual(["kiln_runtime.bundle"] * 4, with_bundle[1].pop("loaders"))
        self.assertNotIn("kiln_runtime.bundle", without[1].pop("loaders"))
        self.assertEqual(without, with_bundle)

    def test_tracebacks_show_the_source(self):
        root = self.folder(FILES)
        kind, error = self.answer(root, self.compiled(root), "fail")
        self.assertEqual(testing.FAILED, kind)
        self.assertIn(f'File "{root}/package/helper.py", line 2, in fail\n    raise RuntimeError', error["stackTrace"][-1])

    def test_what_python_would_prefer_to_a_source_file_is_not_bundled(self):
        root = self.folder(
            {
                "both.py": "",
                "both/__init__.py": "",
                "native.py": "",
                "native.so": "",
                "compiled/__init__.so": "",
                "compiled/__init__.py": "",
                "compiled/inner.py": "",
                "not.a.module.py": "",
                "__pycache__/app.py": "",
                "some-1.0.dist-info/thing.py": "",
            }
        )
        names = {name: is_package for name, is_package, _ in compiler._modules(root)}
        self.assertEqual({"both": True, "compiled.inner": False}, names)

    def test_a_folder_put_before_the_task_wins(self):
        root = self.folder(
            {
                "app.py": "import sys\nsys.path.insert(0, sys.path[0] + '/first')\nimport plain\n"
                "def handler(event, context):\n    return plain.__file__\n",
                "plain.py": "",
                "first/plain.py": "",
            }
        )
        self.assertEqual((testing.ANSWER, f"{root}/first/plain.py"), self.answer(root, self.compiled(root)))

    def test_a_built_in_module_wins_over_one_of_the_same_name(self):
        root = self.folder(
            {
                "app.py": "import errno\ndef handler(event, context):\n    return hasattr(errno, 'EPERM')\n",
                "errno.py": "",
            }
        )
        self.assertEqual((testing.ANSWER, True), self.answer(root, self.compiled(root)))

    def test_a_bundle_of_another_interpreter_is_ignored(self):
        root = self.folder(FILES)
        other = self.compiled(root).replace(bundle.MAGIC, b"KILNPY1\n\0\0\0\0")
        self.assertNotIn("kiln_runtime.bundle", self.answer(root, other)[1]["loaders"])

    def test_a_file_that_does_not_compile_is_a_warning(self):
        root = self.folder({"app.py": "def handler(event, context):\n    return 1\n", "broken.py": "\n\nx = = 1\n"})
        report, packed = self.sandbox(root).compile("app.handler")
        self.assertEqual({"warnings": [{"file": "broken.py", "line": 3, "message": "invalid syntax"}]}, report)
        self.assertEqual((testing.ANSWER, 1), self.answer(root, packed))

    def test_a_handler_whose_function_is_not_there_is_a_warning(self):
        for source in ("", "def handle(event, context): pass\n", "import os\nprint('handler')\n"):
            root = self.folder({"app.py": source})
            report, _ = self.sandbox(root).compile("app.handler")
            self.assertEqual(["app.py"], [warning["file"] for warning in report["warnings"]], source)
            self.assertIn("is not in its module", report["warnings"][0]["message"])
        for source in (
            "handler = print\n",
            "from os.path import join as handler\n",
            "from os.path import *\n",
            "globals()['hand' + 'ler'] = print\n",
            "def __getattr__(name): return print\n",
            "def make():\n    global handler\n    handler = print\nmake()\n",
            "if True:\n    async def handler(event, context): pass\n",
        ):
            root = self.folder({"app.py": source})
            self.assertEqual({"warnings": []}, self.sandbox(root).compile("app.handler")[0], source)

    def test_a_handler_whose_module_is_not_there_is_a_warning(self):
        root = self.folder({"folder/app.py": "handler = print\n"})
        report, _ = self.sandbox(root).compile("app.handler")
        self.assertEqual(["app.py"], [warning["file"] for warning in report["warnings"]])
        self.assertEqual({"warnings": []}, self.sandbox(root).compile("folder/app.handler")[0])

    def test_compiling_runs_nothing(self):
        marker = os.path.join(self.folder({}), "marker")
        root = self.folder({"app.py": f"open({marker!r}, 'w')\n"})
        self.compiled(root)
        self.assertFalse(os.path.exists(marker))

    def test_the_nearest_modules_come_first_and_the_size_is_bounded(self):
        large = "x = '" + "a" * (compiler.MAX_SOURCE_BYTES // 2) + "'\n"
        root = self.folder(
            {
                "deep/down/app.py": "handler = print\n",
                "deep/__init__.py": "",
                "deep/down/__init__.py": large,
                "deep/down/near.py": "",
                "far.py": large,
                "farther/away/still.py": "",
            }
        )
        modules = list(compiler._nearest_first(compiler._modules(root), "deep.down.app.handler"))
        self.assertEqual(
            ["deep.down", "deep.down.app", "deep", "deep.down.near", "far", "farther.away.still"],
            [name for name, *_ in modules],
        )
        packed, problems = compiler.compile_folder(root, "deep.down.app.handler")
        self.assertEqual([], problems)
        index = bundle.Finder(packed, root)._index
        self.assertEqual(["deep.down", "deep.down.app", "deep", "deep.down.near"], list(index))


if __name__ == "__main__":
    unittest.main()
