"""Compiles what is attached at the task's folder into a bundle, without running any of it."""

import os
import warnings
from importlib.machinery import BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, SOURCE_SUFFIXES

from kiln_runtime import bundle

MAX_SOURCE_BYTES = 4 * 1024 * 1024
MAX_FILES = 20_000
MAX_WARNINGS = 100

# Where a module uses one of these, it may have names that its code does not show.
MAKING_NAMES = ("*", "__getattr__", "exec", "globals", "locals", "modules", "setattr", "vars")

# In the order in which the path-based finder tries them.
SUFFIXES = (*EXTENSION_SUFFIXES, *SOURCE_SUFFIXES, *BYTECODE_SUFFIXES)


def compile_folder(root, handler):
    """Returns (bundle, warnings). The modules nearest to the handler come first, until the bound is reached; what is
    beyond it is imported from its file. A file that does not compile is a warning: it may never be imported; so is a
    handler whose module, or whose function in it, is not there."""
    modules, problems, total = [], _missing(root, handler), 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, is_package, path in _nearest_first(_modules(root), handler):
            try:
                with open(f"{root}/{path}", "rb") as file:
                    source = file.read(MAX_SOURCE_BYTES + 1 - total)
                total += len(source)
                if total > MAX_SOURCE_BYTES:
                    break
                code = compile(source, f"{root}/{path}", "exec", dont_inherit=True)
                modules.append((name, is_package, path, code))
                problems += _undefined(name, path, code, handler)
            except (OSError, SyntaxError, ValueError, RecursionError, OverflowError, MemoryError) as error:
                problems.append(_problem(path, error))
    return bundle.pack(modules), problems[:MAX_WARNINGS]


def _missing(root, handler):
    name = handler.replace("/", ".").rpartition(".")[0]
    path = name.replace(".", "/")
    if os.path.isdir(f"{root}/{path}") or any(os.path.exists(f"{root}/{path}{suffix}") for suffix in SUFFIXES):
        return []
    return [{"file": f"{path}.py", "line": 0, "message": f"the module of the handler {handler!r} is not in the code"}]


def _undefined(module, path, code, handler):
    """A function is taken for missing where nothing in its module bears its name and nothing makes names unseen."""
    handler_module, _, function = handler.replace("/", ".").rpartition(".")
    if module != handler_module or {function, *MAKING_NAMES} & set(_names(code)):
        return []
    return [{"file": path, "line": 0, "message": f"the function of the handler {handler!r} is not in its module"}]


def _names(code):
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            yield from _names(constant)
        elif constant == ("*",):
            yield "*"


def _problem(path, error):
    return {"file": path, "line": getattr(error, "lineno", None) or 0, "message": getattr(error, "msg", str(error))}


def _nearest_first(modules, handler):
    """The handler's own module and the packages that it lies in, then its folder, then by depth."""
    handler_name = handler.replace("/", ".").rpartition(".")[0]
    handler_folder = handler_name.rpartition(".")[0]

    def distance(module):
        name, is_package, path = module
        folder = name if is_package else name.rpartition(".")[0]
        on_the_way = handler_name == name or handler_name.startswith(name + ".")
        return (not on_the_way, folder != handler_folder, name.count("."), path)

    return sorted(modules, key=distance)


def _modules(root):
    """(name, is_package, path) of each module of which the path-based finder would take the source file."""
    found = 0
    folders = [("", "")]
    while folders:
        prefix, relative = folders.pop()
        names = {entry.name: entry for entry in os.scandir(f"{root}/{relative}")}
        for entry in names.values():
            found += 1
            if found > MAX_FILES:
                return
            if entry.is_dir(follow_symlinks=False):
                if "." not in entry.name and entry.name != "__pycache__":
                    folders.append((f"{prefix}{entry.name}.", f"{relative}{entry.name}/"))
                    if _has_source(_listing(entry), "__init__"):
                        yield prefix + entry.name, True, f"{relative}{entry.name}/__init__.py"
            elif entry.name.endswith(".py") and entry.name != "__init__.py":
                stem = entry.name[:-3]
                if "." not in stem and _has_source(names, stem) and not _is_package(names.get(stem)):
                    yield prefix + stem, False, relative + entry.name


def _listing(entry):
    return {name: None for name in os.listdir(entry.path)}


def _is_package(entry):
    return entry is not None and entry.is_dir() and any("__init__" + suffix in _listing(entry) for suffix in SUFFIXES)


def _has_source(names, stem):
    """The first suffix that the path-based finder tries and finds is the source's."""
    return next((suffix for suffix in SUFFIXES if stem + suffix in names), None) == ".py"

