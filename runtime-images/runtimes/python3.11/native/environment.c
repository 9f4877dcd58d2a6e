#define _GNU_SOURCE
#include "environment.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* Holds the pointers and then the text of an environment of usual size: one place, which warming has written to. */
static union {
    char *pointers[1];
    char bytes[16384];
} usual;

static bool take(PyObject *text, const char **bytes, size_t *size)
{
    char *start;
    Py_ssize_t length;
    /* Without a place for the length, bytes that contain NUL are refused with ValueError. */
    if (PyBytes_AsStringAndSize(text, &start, NULL) != 0 || PyBytes_AsStringAndSize(text, &start, &length) != 0)
        return false;
    *bytes = start;
    *size = (size_t)length;
    return true;
}

static size_t size_of(PyObject *variables)
{
    size_t size = sizeof(char *);
    Py_ssize_t at = 0;
    PyObject *name, *value;
    while (PyDict_Next(variables, &at, &name, &value)) {
        const char *bytes;
        size_t name_size, value_size;
        if (!take(name, &bytes, &name_size) || !take(value, &bytes, &value_size))
            return 0;
        size += sizeof(char *) + name_size + 1 + value_size + 1;
    }
    return size;
}

static void fill(char **pointers, PyObject *variables)
{
    char *text = (char *)(pointers + PyDict_GET_SIZE(variables) + 1);
    Py_ssize_t at = 0;
    PyObject *name, *value;
    while (PyDict_Next(variables, &at, &name, &value)) {
        *pointers++ = text;
        text = stpcpy(text, PyBytes_AS_STRING(name));
        *text++ = '=';
        text = stpcpy(text, PyBytes_AS_STRING(value)) + 1;
    }
    *pointers = NULL;
}

/* Replaces what is in `data` by `variables` as bytes. */
static bool encode(PyObject *variables, PyObject *data)
{
    PyObject *name, *value;
    Py_ssize_t at = 0;
    PyDict_Clear(data);
    while (PyDict_Next(variables, &at, &name, &value)) {
        PyObject *name_bytes = PyUnicode_EncodeFSDefault(name);
        PyObject *value_bytes = name_bytes == NULL ? NULL : PyUnicode_EncodeFSDefault(value);
        bool set = value_bytes != NULL && PyDict_SetItem(data, name_bytes, value_bytes) == 0;
        Py_XDECREF(name_bytes);
        Py_XDECREF(value_bytes);
        if (!set)
            return false;
    }
    return true;
}

PyObject *environment_set(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    (void)module;
    if (count != 2 || !PyDict_Check(arguments[0]) || !PyDict_Check(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "set_environment(variables: dict, data: dict)");
        return NULL;
    }
    PyObject *data = arguments[1];
    size_t size = encode(arguments[0], data) ? size_of(data) : 0;
    if (size == 0)
        return NULL;
    /* A larger one is allocated and never freed: the C library may have handed out pointers into it. */
    char **pointers = size <= sizeof usual ? usual.pointers : PyMem_RawMalloc(size);
    if (pointers == NULL)
        return PyErr_NoMemory();
    fill(pointers, data);
    environ = pointers;
    Py_RETURN_NONE;
}
