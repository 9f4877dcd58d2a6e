/* Copies of an initialised process (docs/framed.md, "Copies"): what of it must be done in C. */
#ifndef KILN_COPIES_H
#define KILN_COPIES_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* become_template(): undumpable, and told of ended children by await_frame. */
PyObject *copies_become_template(PyObject *module, PyObject *none);

/* fork_copy(): the copy's pid, or 0 in the copy, whose frames and log pipes are those that the gateway has passed for it.
 * OSError where a call fails. */
PyObject *copies_fork(PyObject *module, PyObject *none);

/* refuse_copy(): closes what the gateway has passed for a copy that will not be. OSError if there is nothing. */
PyObject *copies_refuse(PyObject *module, PyObject *none);

/* await_frame(): a list of (pid, status) of children that have ended; an empty one when a frame is there instead. */
PyObject *copies_await_frame(PyObject *module, PyObject *none);

/* leave(status=0): ends a copy. */
PyObject *copies_leave(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

/* clean_ipc(): removes every System V queue, semaphore and segment of the sandbox. */
PyObject *copies_clean_ipc(PyObject *module, PyObject *none);

#endif
