#define _GNU_SOURCE
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "frames.h"

#define BUFFER_BYTES 65536

/* What has been received and not yet taken: more than one frame where the gateway sent LOAD and INVOKE together. */
static struct {
    size_t start, end;
    char bytes[BUFFER_BYTES];
} buffer;

static struct timespec received_at;

bool wire_has_frame(void)
{
    return buffer.end > buffer.start;
}

void wire_forget(void)
{
    buffer.start = buffer.end = 0;
}

static uint32_t micros_since_received(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t nanos = (now.tv_sec - received_at.tv_sec) * INT64_C(1000000000) + (now.tv_nsec - received_at.tv_nsec);
    return (uint32_t)(nanos / 1000);
}

/* The other end is closed, or broken: there is nobody left to work for or to tell. */
static void end_if_peer_is_gone(ssize_t result)
{
    if (result == 0 || (result < 0 && (errno == ECONNRESET || errno == EPIPE)))
        _exit(0);
}

/* Waits in poll, not in recv: a stream socket's recv is also woken when the peer takes what was sent to it, that is once
 * in each call for nothing. */
static ssize_t await_some(int descriptor, char *into, size_t size)
{
    struct pollfd readable = {.fd = descriptor, .events = POLLIN};
    return poll(&readable, 1, -1) < 0 ? -1 : recv(descriptor, into, size, 0);
}

/* Some bytes, at least one. False with a Python exception. Threads of the function run meanwhile. */
static bool receive_some(int descriptor, char *into, size_t size, size_t *received)
{
    for (;;) {
        ssize_t result;
        Py_BEGIN_ALLOW_THREADS
        result = await_some(descriptor, into, size);
        Py_END_ALLOW_THREADS
        end_if_peer_is_gone(result);
        if (result > 0) {
            *received = (size_t)result;
            return true;
        }
        if (errno != EINTR) {
            PyErr_SetFromErrno(PyExc_OSError);
            return false;
        }
        if (PyErr_CheckSignals() != 0)
            return false;
    }
}

/* At least `wanted` bytes contiguous in the buffer, which is larger than that. */
static bool fill(size_t wanted)
{
    if (buffer.start == buffer.end)
        buffer.start = buffer.end = 0;
    if (BUFFER_BYTES - buffer.start < wanted) {
        memmove(buffer.bytes, buffer.bytes + buffer.start, buffer.end - buffer.start);
        buffer.end -= buffer.start;
        buffer.start = 0;
    }
    while (buffer.end - buffer.start < wanted) {
        size_t received;
        if (!receive_some(FRAMES_DESCRIPTOR, buffer.bytes + buffer.end, BUFFER_BYTES - buffer.end, &received))
            return false;
        buffer.end += received;
    }
    return true;
}

/* A payload that does not fit the buffer goes straight to where it stays. */
static PyObject *receive_large(uint32_t length)
{
    PyObject *payload = PyBytes_FromStringAndSize(NULL, length);
    if (payload == NULL)
        return NULL;
    char *into = PyBytes_AS_STRING(payload);
    size_t have = buffer.end - buffer.start;
    memcpy(into, buffer.bytes + buffer.start, have);
    buffer.start = buffer.end = 0;
    while (have < length) {
        size_t received;
        if (!receive_some(FRAMES_DESCRIPTOR, into + have, length - have, &received)) {
            Py_DECREF(payload);
            return NULL;
        }
        have += received;
    }
    return payload;
}

/* The two parts of a payload whose first part is preceded by its length. */
struct parts {
    const char *first, *second;
    Py_ssize_t first_length, second_length;
};

static bool split(const char *payload, size_t length, size_t prefix, struct parts *parts)
{
    uint32_t first;
    if (length < prefix + sizeof first) {
        PyErr_SetString(PyExc_ValueError, "a frame is shorter than its own fields");
        return false;
    }
    memcpy(&first, payload + prefix, sizeof first);
    size_t start = prefix + sizeof first;
    if (first > length - start) {
        PyErr_SetString(PyExc_ValueError, "a frame is shorter than its first part");
        return false;
    }
    *parts = (struct parts){.first = payload + start,
                            .first_length = (Py_ssize_t)first,
                            .second = payload + start + first,
                            .second_length = (Py_ssize_t)(length - start - first)};
    return true;
}

static PyObject *load_frame(const struct frame_header *header, const char *payload)
{
    struct parts parts;
    if (!split(payload, header->length, 0, &parts))
        return NULL;
    return Py_BuildValue("HKs#y#", header->type, header->nonce, parts.first, parts.first_length, parts.second,
                         parts.second_length);
}

static PyObject *decode_event(const char *bytes, Py_ssize_t length)
{
    PyObject *event = PyUnicode_DecodeUTF8(bytes, length, NULL);
    if (event != NULL || !PyErr_ExceptionMatches(PyExc_UnicodeDecodeError))
        return event;
    PyErr_Clear();
    return PyBytes_FromStringAndSize(bytes, length);
}

static PyObject *invoke_frame(const struct frame_header *header, const char *payload)
{
    struct parts parts;
    int64_t deadline;
    if (!split(payload, header->length, sizeof deadline, &parts))
        return NULL;
    memcpy(&deadline, payload, sizeof deadline);
    PyObject *event = decode_event(parts.second, parts.second_length);
    if (event == NULL)
        return NULL;
    return Py_BuildValue("HKLs#N", header->type, header->nonce, (long long)deadline, parts.first, parts.first_length,
                         event);
}

static PyObject *frame(const struct frame_header *header, const char *payload)
{
    switch (header->type) {
    case FRAME_LOAD:
        return load_frame(header, payload);
    case FRAME_INVOKE:
        return invoke_frame(header, payload);
    default:
        return Py_BuildValue("HKy#", header->type, header->nonce, payload, (Py_ssize_t)header->length);
    }
}

PyObject *wire_receive(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    struct frame_header header;
    if (!fill(sizeof header))
        return NULL;
    clock_gettime(CLOCK_MONOTONIC, &received_at);
    memcpy(&header, buffer.bytes + buffer.start, sizeof header);
    buffer.start += sizeof header;
    if (header.length <= BUFFER_BYTES) {
        if (!fill(header.length))
            return NULL;
        const char *payload = buffer.bytes + buffer.start;
        buffer.start += header.length;
        return frame(&header, payload);
    }
    PyObject *large = receive_large(header.length);
    if (large == NULL)
        return NULL;
    PyObject *result = frame(&header, PyBytes_AS_STRING(large));
    Py_DECREF(large);
    return result;
}

PyObject *wire_await_bell(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    char bell;
    size_t received;
    return receive_some(CHANNELS_DESCRIPTOR, &bell, sizeof bell, &received) ? PyLong_FromLong(bell) : NULL;
}

/* All of it, however slowly the gateway reads. */
static bool send_all(struct iovec *parts, int count)
{
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)count};
    while (message.msg_iovlen > 0) {
        ssize_t sent;
        Py_BEGIN_ALLOW_THREADS
        sent = sendmsg(FRAMES_DESCRIPTOR, &message, MSG_NOSIGNAL);
        Py_END_ALLOW_THREADS
        if (sent < 0) {
            end_if_peer_is_gone(sent);
            if (errno == EINTR && PyErr_CheckSignals() == 0)
                continue;
            if (!PyErr_Occurred())
                PyErr_SetFromErrno(PyExc_OSError);
            return false;
        }
        size_t left = (size_t)sent;
        while (message.msg_iovlen > 0 && left >= message.msg_iov->iov_len) {
            left -= message.msg_iov->iov_len;
            message.msg_iov++;
            message.msg_iovlen--;
        }
        if (message.msg_iovlen > 0) {
            message.msg_iov->iov_base = (char *)message.msg_iov->iov_base + left;
            message.msg_iov->iov_len -= left;
        }
    }
    return true;
}

static bool payload_bytes(PyObject *payload, struct iovec *part)
{
    char *bytes = NULL;
    Py_ssize_t length = 0;
    if (PyUnicode_Check(payload)) {
        bytes = (char *)PyUnicode_AsUTF8AndSize(payload, &length);
        if (bytes == NULL)
            return false;
    } else if (payload != Py_None && PyBytes_AsStringAndSize(payload, &bytes, &length) != 0) {
        return false;
    }
    if (length > UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "a frame's payload has at most 4 GiB");
        return false;
    }
    *part = (struct iovec){.iov_base = bytes, .iov_len = (size_t)length};
    return true;
}

PyObject *wire_send(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    (void)module;
    if (count != 3) {
        PyErr_SetString(PyExc_TypeError, "send(type, nonce, payload)");
        return NULL;
    }
    struct iovec parts[2];
    struct frame_header header = {.type = (uint16_t)PyLong_AsUnsignedLong(arguments[0]),
                                  .nonce = PyLong_AsUnsignedLongLong(arguments[1])};
    if (PyErr_Occurred() || !payload_bytes(arguments[2], &parts[1]))
        return NULL;
    header.length = (uint32_t)parts[1].iov_len;
    header.micros = micros_since_received();
    parts[0] = (struct iovec){.iov_base = &header, .iov_len = sizeof header};
    if (!send_all(parts, parts[1].iov_len == 0 ? 1 : 2))
        return NULL;
    Py_RETURN_NONE;
}
