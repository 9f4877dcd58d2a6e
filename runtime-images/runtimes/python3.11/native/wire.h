/* The sandbox's end of the framed contract: one recv for a small frame, one sendmsg for an answer. */
#ifndef KILN_WIRE_H
#define KILN_WIRE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>

/* Waits for the next frame. LOAD: (type, nonce, configuration: str, bundle: bytes). INVOKE: (type, nonce, deadline in
 * epoch milliseconds, metadata: str, event: str, or bytes where it is not UTF-8). Others: (type, nonce, payload: bytes).
 * Ends the process when the gateway is gone. */
PyObject *wire_receive(PyObject *module, PyObject *none);

/* send(type, nonce, payload: str | bytes | None). The frame's `micros` is the time since the last frame came in. */
PyObject *wire_send(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

/* Waits for a bell and returns it: BELL_FRAME or BELL_CODE. Ends the process when launcher and gateway are gone. */
PyObject *wire_await_bell(PyObject *module, PyObject *none);

/* Whether bytes of a frame have been received already, so that poll would not tell of them. */
bool wire_has_frame(void);

/* In a copy: what the template has received is not its own. */
void wire_forget(void);

#endif
