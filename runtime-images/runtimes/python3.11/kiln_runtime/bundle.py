"""The bundle: a function's modules as bytecode in one piece, made at deployment and sent along with LOAD.

Layout: `MAGIC`, the length of the index (4 bytes, little-endian), the index, then each module's marshalled code. The
index is a marshalled dictionary from module name to (is_package, path beneath the task's folder, offset, length). A
module's code is read only when it is imported.
"""

import _imp
import marshal
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import MAGIC_NUMBER, spec_from_file_location
from types import ModuleType

MAGIC = b"KILNPY1\n" + MAGIC_NUMBER
HEADER_BYTES = len(MAGIC) + 4


def pack(modules):
    """`modules`: (name, is_package, path, code) of each."""
    index, blobs, offset = {}, [], 0
    for name, is_package, path, code in modules:
        blob = marshal.dumps(code)
        index[name] = (is_package, path, offset, len(blob))
        blobs.append(blob)
        offset += len(blob)
    packed = marshal.dumps(index)
    return b"".join((MAGIC, len(packed).to_bytes(4, "little"), packed, *blobs))


def install(bundle, root):
    """Serves imports from `bundle`; one of another interpreter, or none, is ignored, and the files serve."""
    if not bundle.startswith(MAGIC):
        return None
    finder = Finder(bundle, root)
    sys.meta_path.insert(sys.meta_path.index(PathFinder), finder)
    return finder


class Finder:
    """A meta-path finder in front of the path-based one, which finds what that one would find in `root`.

    It answers only where `root` is what the search would look at first: the rules of import stay Python's, whatever a
    function does to sys.path.
    """

    def __init__(self, bundle, root):
        start = HEADER_BYTES + int.from_bytes(bundle[len(MAGIC) : HEADER_BYTES], "little")
        self._index = marshal.loads(memoryview(bundle)[HEADER_BYTES:start])
        self._codes = memoryview(bundle)[start:]
        self._root = root

    def find_spec(self, name, path=None, target=None):
        entry = self._index.get(name)
        if entry is None:
            return None
        is_package, file, offset, length = entry
        location = f"{self._root}/{file}"
        folder = location.rpartition("/")[0]
        searched = sys.path if path is None else path
        for first in searched:
            if first != (folder.rpartition("/")[0] if is_package else folder):
                return None
            break
        else:
            return None
        loader = _Loader(name, location, self._codes[offset : offset + length])
        return spec_from_file_location(
            name, location, loader=loader, submodule_search_locations=[folder] if is_package else None
        )

    def import_first(self, name):
        """Imports a top-level module while nothing of the function has run yet, so that what the import system would find
        is known: this does the same in fewer steps, for the pages of importlib's own code are many. False where the
        import system is to be asked."""
        is_package, file, offset, length = self._index.get(name, (True, "", 0, 0))
        if is_package or "." in name or name in sys.modules or _imp.is_frozen(name):
            return False
        location = f"{self._root}/{file}"
        loader = _Loader(name, location, self._codes[offset : offset + length])
        spec = ModuleSpec(name, loader, origin=location)
        spec.has_location = True
        spec.cached = f"{self._root}/__pycache__/{name}.{sys.implementation.cache_tag}.pyc"
        module = ModuleType(name)
        module.__spec__, module.__loader__, module.__package__ = spec, loader, ""
        module.__file__, module.__cached__ = location, spec.cached
        sys.modules[name] = module
        spec._initializing = True
        try:
            exec(loader.get_code(name), module.__dict__)
        except BaseException:
            sys.modules.pop(name, None)
            raise
        finally:
            spec._initializing = False
        return True


class _Loader(SourceFileLoader):
    """Loads a module as its source file would, but for where the code comes from."""

    def __init__(self, name, path, code):
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname):
        return marshal.loads(self._code)
