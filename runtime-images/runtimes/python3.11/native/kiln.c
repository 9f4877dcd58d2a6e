/* The module `_kiln`: what the runtime needs in C. It is loaded by the zygote and inherited by every sandbox. */
#define _GNU_SOURCE
#include "wire.h"

#include <stdio.h>
#include <string.h>

#include "copies.h"
#include "environment.h"
#include "frames.h"
#include "zygote.h"

static struct enter enter;

/* serve(): the zygote's life. Returns in each child, inside its sandbox. */
static PyObject *serve(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    kiln_zygote_serve(&enter);
    wire_count_from(&enter.born);
    /* What os.fork does in a child. No hook runs here: the zygote keeps them back until the child registers them. */
    PyOS_AfterFork_Child();
    Py_RETURN_NONE;
}

/* entered(): what each step of *enter* took, as JSON {"join cgroup": 12, ...} in microseconds. */
static PyObject *entered(PyObject *module, PyObject *none)
{
#define STEP_TEXT(name, text) text,
    static const char *const texts[] = {KILN_STEPS(STEP_TEXT)};
    (void)module;
    (void)none;
    char json[2048] = "{";
    size_t length = 1;
    for (size_t step = 0; step < KILN_STEP_COUNT; step++) {
        if (enter.micros[step] == 0)
            continue;
        length += (size_t)snprintf(json + length, sizeof json - length, "%s\"%s\": %u", length == 1 ? "" : ", ",
                                   texts[step], enter.micros[step]);
    }
    return PyUnicode_FromFormat("%s}", json);
}

static PyMethodDef METHODS[] = {
    {"serve", serve, METH_NOARGS, "Serve as a zygote; returns in each sandbox."},
    {"entered", entered, METH_NOARGS, "What each step of entering took, as JSON."},
    {"receive", wire_receive, METH_NOARGS, "Wait for the next frame."},
    {"send", (PyCFunction)(void (*)(void))wire_send, METH_FASTCALL, "Send a frame."},
    {"set_environment", environment_set, METH_O, "Set the whole environment."},
    {"become_template", copies_become_template, METH_NOARGS, "Be what copies are forked from."},
    {"fork_copy", copies_fork, METH_NOARGS, "Fork a copy; 0 in it."},
    {"refuse_copy", copies_refuse, METH_NOARGS, "Close what was passed for a copy."},
    {"await_frame", copies_await_frame, METH_NOARGS, "Wait for a frame or for children to end."},
    {"leave", (PyCFunction)(void (*)(void))copies_leave, METH_FASTCALL, "End a copy."},
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
    FRAME_CONSTANT(READY)
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
    return module;
}
