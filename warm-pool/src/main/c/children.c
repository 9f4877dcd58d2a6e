#define _GNU_SOURCE
#include "children.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packet.h"

static struct child {
    pid_t pid;
    uint32_t runtime, slot, generation;
} children[CHILDREN_MAX];
static int child_count;

int children_room(void)
{
    return child_count < CHILDREN_MAX ? 0 : -ENOSPC;
}

void children_add(pid_t pid, const struct zygote_request *request)
{
    children[child_count++] = (struct child){
        .pid = pid, .runtime = request->runtime, .slot = request->slot, .generation = request->generation};
}

static struct child *find(pid_t pid)
{
    for (int i = 0; i < child_count; i++) {
        if (children[i].pid == pid)
            return &children[i];
    }
    return NULL;
}

static void empty(int watch)
{
    struct signalfd_siginfo signals[8];
    while (read(watch, signals, sizeof signals) > 0) {
    }
}

void children_reap(int socket, int watch)
{
    empty(watch); /* before reaping: a child that ends in between is reaped now or signalled again */
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        struct child *child = find(pid);
        if (child == NULL)
            continue;
        struct zygote_reply reply = {.operation = ZYGOTE_EXITED,
                                     .runtime = child->runtime,
                                     .slot = child->slot,
                                     .generation = child->generation,
                                     .result = status};
        *child = children[--child_count];
        zygote_reply_send(socket, &reply, NULL, 0);
    }
}

int children_watch(void)
{
    sigset_t ended;
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &ended, NULL) != 0)
        return -1;
    return signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK);
}

void zygote_reply_send(int socket, const struct zygote_reply *reply, const int *descriptors, int count)
{
    int result;
    while ((result = packet_send(socket, reply, sizeof *reply, descriptors, count)) == -EAGAIN) {
        struct pollfd writable = {.fd = socket, .events = POLLOUT};
        poll(&writable, 1, -1);
    }
    if (result != 0)
        _exit(1);
}
