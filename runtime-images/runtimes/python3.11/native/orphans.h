/* PID 1 inherits every process whose parent has ended, and must reap it or the sandbox's process limit fills up. */
#ifndef KILN_ORPHANS_H
#define KILN_ORPHANS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* reap_orphans(), after each answer: one system call where nothing has ended. Whether an ended child is an orphan or one
 * that the function may still wait for cannot be told, so children are reaped only when one of them has stayed unreaped from
 * the end of one call to the end of the next. */
PyObject *orphans_reap(PyObject *module, PyObject *none);

#endif
