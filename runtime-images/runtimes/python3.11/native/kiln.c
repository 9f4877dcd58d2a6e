/* The module `_kiln`: what the runtime needs in C. It is loaded by the zygote and inherited by every sandbox. */
#define _GNU_SOURCE
#include "wire.h"

#include "copies.h"
#include "environment.h"
#include "frames.h"
#include "memory.h"
#include "orphans.h"
#include "zygote.h"

static struct enter enter;

/* serve(): the zygote's life. Returns in each child, inside its sandbox. */
static PyObject *serve(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    kiln_zygote_serve(&enter);
    enter_tell_ready(&enter);
    /* What os.fork does in a child. The standard library's hooks do nothing until the child releases them. */
    PyOS_AfterFork_Child();
    Py_RETURN_NONE;
}

static PyMethodDef METHODS[] = {
    {"serve", serve, METH_NOARGS, "Serve as a zygote; returns in each sandbox."},
    {"receive", wire_receive, METH_NOARGS, "Wait for the next frame."},
    {"await_bell", wire_await_bell, METH_NOARGS, "Wait for a bell."},
    {"send", (PyCFunction)(void (*)(void))wire_send, METH_FASTCALL, "Send a frame."},
    {"fill_gaps", memory_fill_gaps, METH_NOARGS, "Fill the gaps of the heaps."},
    {"set_environment", (PyCFunction)(void (*)(void))environment_set, METH_FASTCALL, "Set the whole environment."},
    {"become_template", copies_become_template, METH_NOARGS, "Be what copies are forked from."},
    {"fork_copy", copies_fork, METH_NOARGS, "Fork a copy; 0 in it."},
    {"refuse_copy", copies_refuse, METH_NOARGS, "Close what was passed for a copy."},
    {"await_frame", copies_await_frame, METH_NOARGS, "Wait for a frame or for children to end."},
    {"leave", (PyCFunction)(void (*)(void))copies_leave, METH_FASTCALL, "End a copy."},
    {"reap_orphans", orphans_reap, METH_NOARGS, "Reap what nobody waits for."},
    {"clean_ipc", copies_clean_ipc, METH_NOARGS, "Remove System V objects."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef DEFINITION = {
    PyModuleDef_HEAD_INIT, .m_name = "_kiln", .m_size = -1, .m_methods = METHODS};

PyMODINIT_FUNC PyInit__kiln(void)
{
    PyObject *module = PyModule_Create(&DEFINITION);
    if (module == NULL)
        return NULL;
#define FRAME_CONSTANT(name) \
    if (PyModule_AddIntConstant(module, #name, FRAME_##name) != 0) { \
        Py_DECREF(module);                                           \
        return NULL;                                                 \
    }
    FRAME_CONSTANT(LOAD)
    FRAME_CONSTANT(INVOKE)
    FRAME_CONSTANT(COMPILE)
    FRAME_CONSTANT(WARM)
    FRAME_CONSTANT(FORK)
    FRAME_CONSTANT(KILL_COPY)
    FRAME_CONSTANT(CLEAN)
    FRAME_CONSTANT(LOADED)
    FRAME_CONSTANT(INIT_FAILED)
    FRAME_CONSTANT(ANSWER)
    FRAME_CONSTANT(FAILED)
    FRAME_CONSTANT(COMPILED)
    FRAME_CONSTANT(WARMED)
    FRAME_CONSTANT(FORKED)
    FRAME_CONSTANT(FORK_REFUSED)
    FRAME_CONSTANT(COPY_EXITED)
    FRAME_CONSTANT(CLEANED)
    if (PyModule_AddIntMacro(module, BELL_CODE) != 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
