#define _GNU_SOURCE
#include "copies.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frames.h"
#include "wire.h"

static int children_ended = -1; /* a signalfd */
static sigset_t mask_before;

PyObject *copies_become_template(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || sigprocmask(SIG_BLOCK, &child, &mask_before) != 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    children_ended = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (children_ended < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

/* A copy's ends of its conversation and its log, as they come over descriptor 4. The gateway makes them: an open file
 * that a function had made it could make blocking again while the gateway reads it. */
struct lines {
    int frames, output, errors;
};

static void close_lines(const struct lines *lines)
{
    close(lines->frames);
    close(lines->output);
    close(lines->errors);
}

/* They are there before the frame that asks for the copy, so nothing waits. */
static bool receive_lines(struct lines *lines)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof *lines)];
    char nothing;
    struct iovec byte = {.iov_base = &nothing, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t received = recvmsg(CHANNELS_DESCRIPTOR, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    struct cmsghdr *rights = received == 1 ? CMSG_FIRSTHDR(&message) : NULL;
    if (received < 0)
        return false;
    if (rights == NULL || rights->cmsg_type != SCM_RIGHTS || rights->cmsg_len != CMSG_LEN(sizeof *lines)) {
        errno = EBADMSG;
        return false;
    }
    memcpy(lines, CMSG_DATA(rights), sizeof *lines);
    return true;
}

/* Its own lines take the places of the template's; the template's way to the gateway is closed to it. */
static void become_copy(struct lines *lines)
{
    if (dup3(lines->frames, FRAMES_DESCRIPTOR, O_CLOEXEC) < 0 || dup2(lines->output, STDOUT_FILENO) < 0 ||
        dup2(lines->errors, STDERR_FILENO) < 0)
        _exit(1);
    close_lines(lines);
    close(CHANNELS_DESCRIPTOR);
    close(children_ended);
    children_ended = -1;
    wire_forget();
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

PyObject *copies_refuse(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    struct lines lines;
    if (!receive_lines(&lines))
        return PyErr_SetFromErrno(PyExc_OSError);
    close_lines(&lines);
    Py_RETURN_NONE;
}

PyObject *copies_fork(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    struct lines lines;
    if (!receive_lines(&lines))
        return PyErr_SetFromErrno(PyExc_OSError);
    /* What os.fork does, but for auditing; the C library's fork, for what the function has loaded may hook into it. */
    PyOS_BeforeFork();
    pid_t pid = fork();
    int error = errno;
    if (pid == 0) {
        become_copy(&lines);
        PyOS_AfterFork_Child();
        return PyLong_FromLong(0);
    }
    PyOS_AfterFork_Parent();
    close_lines(&lines);
    if (pid > 0)
        return PyLong_FromLong(pid);
    errno = error;
    return PyErr_Occurred() ? NULL : PyErr_SetFromErrno(PyExc_OSError);
}

static PyObject *ended_children(void)
{
    struct signalfd_siginfo signals[8];
    while (read(children_ended, signals, sizeof signals) > 0) {
    }
    PyObject *ended = PyList_New(0);
    int status;
    pid_t pid;
    while (ended != NULL && (pid = waitpid(-1, &status, WNOHANG)) > 0) {
        PyObject *child = Py_BuildValue("iI", (int)pid, (unsigned)status);
        if (child == NULL || PyList_Append(ended, child) != 0)
            Py_CLEAR(ended);
        Py_XDECREF(child);
    }
    return ended;
}

PyObject *copies_await_frame(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    while (!wire_has_frame()) {
        struct pollfd events[] = {{.fd = FRAMES_DESCRIPTOR, .events = POLLIN}, {.fd = children_ended, .events = POLLIN}};
        Py_BEGIN_ALLOW_THREADS
        poll(events, 2, -1);
        Py_END_ALLOW_THREADS
        if (PyErr_CheckSignals() != 0)
            return NULL;
        if (events[1].revents != 0) {
            PyObject *ended = ended_children();
            if (ended == NULL || PyList_GET_SIZE(ended) > 0)
                return ended;
            Py_DECREF(ended);
        }
        if (events[0].revents != 0)
            break;
    }
    return PyList_New(0);
}

PyObject *copies_leave(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    (void)module;
    long status = count > 0 ? PyLong_AsLong(arguments[0]) : 0;
    /* Whoever waits for the answer first: on a busy machine tearing this process down would keep it from the CPU. */
    sched_yield();
    _exit((int)status);
}

/* Slots are numbered; the highest used one is what *_INFO answers. */
PyObject *copies_clean_ipc(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    struct shm_info segments;
    struct seminfo semaphores;
    struct msginfo queues;
    union {
        int value;
        struct semid_ds *status;
        struct seminfo *info;
    } argument = {.info = &semaphores};
    struct shmid_ds segment;
    struct msqid_ds queue;
    struct semid_ds semaphore;
    for (int slot = shmctl(0, SHM_INFO, (struct shmid_ds *)&segments), id; slot >= 0; slot--) {
        if ((id = shmctl(slot, SHM_STAT, &segment)) >= 0)
            shmctl(id, IPC_RMID, NULL);
    }
    int slot = semctl(0, 0, SEM_INFO, argument);
    argument.status = &semaphore;
    for (int id; slot >= 0; slot--) {
        if ((id = semctl(slot, 0, SEM_STAT, argument)) >= 0)
            semctl(id, 0, IPC_RMID);
    }
    for (int index = msgctl(0, MSG_INFO, (struct msqid_ds *)&queues), id; index >= 0; index--) {
        if ((id = msgctl(index, MSG_STAT, &queue)) >= 0)
            msgctl(id, IPC_RMID, NULL);
    }
    Py_RETURN_NONE;
}
