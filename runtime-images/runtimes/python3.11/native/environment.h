/* The process's environment, set as a whole. */
#ifndef KILN_ENVIRONMENT_H
#define KILN_ENVIRONMENT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* set_environment(variables: dict of str to str, data: dict): makes the variables all that there is, for Python in `data`,
 * os.environ's own dictionary of bytes, and for the C library and programs that are started. Setting each through os.environ
 * runs through setenv, which allocates each variable on its own and keeps a tree of all values ever set, on pages that the
 * sandbox would be the first to write to: 0.2 ms of a first call. ValueError for a name or value that C cannot hold. */
PyObject *environment_set(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

#endif
