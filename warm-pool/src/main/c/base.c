#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "children.h"
#include "packet.h"
#include "privilege.h"
#include "root.h"
#include "zygote.h"

/* ZYGOTE_START's descriptors. */
enum { START_SOCKET, START_ROOT, START_STDERR, START_DESCRIPTORS };

/* What *enter* needs (mounting and namespaces; the slot's ids), and SETPCAP for the zygote to end the bounding set. */
#define ZYGOTE_CAPABILITIES \
    (PRIVILEGE(CAP_SYS_ADMIN) | PRIVILEGE(CAP_SETUID) | PRIVILEGE(CAP_SETGID) | PRIVILEGE(CAP_SETPCAP))

/* Tells the launcher, over the runtime's own socket, why its zygote never came to be. */
static _Noreturn void start_failed(enum kiln_step step, int result)
{
    struct zygote_reply reply = {.operation = ZYGOTE_READY, .result = result, .step = step};
    zygote_reply_send(ZYGOTE_SOCKET, &reply, NULL, 0);
    _exit(1);
}

/* Its socket becomes ZYGOTE_SOCKET, its errors go to the log of whoever runs Kiln. All else is close-on-exec. */
static int place_descriptors(const int descriptors[START_DESCRIPTORS])
{
    if (dup2(descriptors[START_SOCKET], ZYGOTE_SOCKET) < 0)
        return -errno;
    if (dup2(descriptors[START_STDERR], STDOUT_FILENO) < 0 || dup2(descriptors[START_STDERR], STDERR_FILENO) < 0)
        return -errno;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return null < 0 || dup2(null, STDIN_FILENO) < 0 ? -errno : 0;
}

static _Noreturn void become_zygote(const int descriptors[START_DESCRIPTORS])
{
    static char *const arguments[] = {(char *)ZYGOTE_PROGRAM, NULL};
    static char *const environment[] = {(char *)"LANG=C.UTF-8", (char *)"PATH=/usr/local/bin:/usr/bin:/bin", NULL};
    enum kiln_step step;
    int root = descriptors[START_ROOT];
    int result = root_enter(root, &step);
    if (dup2(descriptors[START_SOCKET], ZYGOTE_SOCKET) < 0)
        _exit(1);
    if (result != 0)
        start_failed(step, result);
    result = place_descriptors(descriptors);
    if (result != 0)
        start_failed(KILN_STEP_DESCRIPTORS, result);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(ZYGOTE_PROGRAM, arguments, environment);
    start_failed(KILN_STEP_EXECUTE, -errno);
}

static void start_runtime(const struct zygote_request *request, const struct packet_descriptors *received)
{
    struct zygote_reply failure = {.operation = ZYGOTE_EXITED,
                                   .runtime = request->runtime,
                                   .generation = request->generation,
                                   .result = 1 << 8};
    pid_t pid = -1;
    if (received->count == START_DESCRIPTORS && children_room() == 0)
        pid = fork();
    if (pid == 0)
        become_zygote(received->values);
    if (pid > 0)
        children_add(pid, request);
    else
        zygote_reply_send(ZYGOTE_SOCKET, &failure, NULL, 0);
}

/* Until nothing is left to read. */
static void answer(void)
{
    struct zygote_request request;
    struct packet_descriptors received;
    int result;
    while ((result = packet_receive(ZYGOTE_SOCKET, &request, sizeof request, &received)) == 0) {
        if (request.operation == ZYGOTE_START)
            start_runtime(&request, &received);
        packet_close(&received);
    }
    if (result != -EAGAIN)
        _exit(result == -EPIPE ? 0 : 1);
}

/* The launcher's keyring and most of its capabilities end here. */
static int leave_launcher(enum kiln_step *failed)
{
    prctl(PR_SET_NAME, "kiln-base", 0, 0, 0);
    *failed = KILN_STEP_SESSION;
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
        return -errno;
    *failed = KILN_STEP_BOUNDING_SET;
    int result = privilege_bound(ZYGOTE_CAPABILITIES);
    if (result != 0)
        return result;
    /* Losing capabilities does not clear the death signal that the launcher's child has set. */
    *failed = KILN_STEP_CAPABILITIES;
    return privilege_keep(ZYGOTE_CAPABILITIES);
}

_Noreturn void kiln_base_zygote(void)
{
    struct zygote_reply ready = {.operation = ZYGOTE_READY, .runtime = KILN_BASE_ZYGOTE};
    enum kiln_step step = KILN_STEP_DESCRIPTORS;
    int ended = children_watch();
    ready.result = ended < 0 ? -errno : leave_launcher(&step);
    ready.step = ready.result == 0 ? KILN_STEP_NONE : step;
    zygote_reply_send(ZYGOTE_SOCKET, &ready, NULL, 0);
    if (ready.result != 0)
        _exit(1);
    for (;;) {
        struct pollfd events[] = {{.fd = ZYGOTE_SOCKET, .events = POLLIN}, {.fd = ended, .events = POLLIN}};
        poll(events, 2, -1);
        if (events[1].revents != 0)
            children_reap(ZYGOTE_SOCKET, ended);
        if (events[0].revents != 0)
            answer();
    }
}
