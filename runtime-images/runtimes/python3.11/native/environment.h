/* The process's environment, set as a whole. */
#ifndef KILN_ENVIRONMENT_H
#define KILN_ENVIRONMENT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* set_environment(variables: dict of bytes to bytes): what the C library and programs that are started see. setenv would
 * allocate each variable on its own and keep a tree of all values ever set, on pages of the zygote's heap that the sandbox
 * would be the first to write to: 0.1 ms of a first call. ValueError for a name or value that C cannot hold. */
PyObject *environment_set(PyObject *module, PyObject *variables);

#endif
