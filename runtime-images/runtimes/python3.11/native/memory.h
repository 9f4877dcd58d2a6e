/* Where a process and those forked from it write. */
#ifndef KILN_MEMORY_H
#define KILN_MEMORY_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* fill_gaps(): takes what is free between the objects that are alive, in both of the interpreter's heaps, and never
 * gives it back. Whoever is forked from here on would find his memory in those gaps, a few bytes to a page, and have each
 * such page copied; afterwards he takes it from pages of which he uses all. */
PyObject *memory_fill_gaps(PyObject *module, PyObject *none);

#endif
