#define _GNU_SOURCE
#include "zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "children.h"
#include "filter.h"
#include "packet.h"
#include "privilege.h"

/* While no code of a function is near: what fork inherits is done here, once, and not in each child. */
#define SERVING_CAPABILITIES (PRIVILEGE(CAP_SYS_ADMIN) | PRIVILEGE(CAP_SETUID) | PRIVILEGE(CAP_SETGID))

static const struct {
    int resource;
    struct rlimit limit;
} LIMITS[] = {
    {RLIMIT_CORE, {1, 1}}, /* 0 would not stop a core_pattern that pipes to a program; 1 does */
    {RLIMIT_NOFILE, {1024, 4096}},
    {RLIMIT_NPROC, {1024, 1024}}, /* a second bound beside the pids group: each slot has a uid of its own */
    {RLIMIT_MEMLOCK, {65536, 65536}},
    {RLIMIT_SIGPENDING, {1024, 1024}},
    {RLIMIT_MSGQUEUE, {819200, 819200}},
    {RLIMIT_NICE, {0, 0}},
    {RLIMIT_RTPRIO, {0, 0}},
};

static int set_limits(void)
{
    for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++) {
        if (setrlimit(LIMITS[i].resource, &LIMITS[i].limit) != 0)
            return -errno;
    }
    umask(022);
    return 0;
}

static int open_at(enum zygote_descriptor number, const char *path)
{
    int opened = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0)
        return -errno;
    if (opened == (int)number)
        return 0;
    int result = dup3(opened, number, O_CLOEXEC) < 0 ? -errno : 0;
    close(opened);
    return result;
}

static int hold_descriptors(void)
{
    int ended = children_watch();
    if (ended < 0)
        return -errno;
    if (ended != ZYGOTE_SIGNALS && (dup3(ended, ZYGOTE_SIGNALS, O_CLOEXEC) < 0 || close(ended) != 0))
        return -errno;
    int result = open_at(ZYGOTE_ROOT, "/");
    if (result == 0)
        result = open_at(ZYGOTE_DEVICES, "/dev");
    if (result == 0 && syscall(SYS_close_range, ZYGOTE_FIRST_RECEIVED, UINT32_MAX, 0) != 0)
        result = -errno;
    return result;
}

/* What glibc keeps of a thread in the kernel and a child of clone3 must be given again: where its id is written
 * (without that, pthread functions and raise() would act on the zygote's id) and its list of robust mutexes. */
static struct {
    pid_t *tid;
    void *robust_list;
    size_t robust_list_size;
} thread;

static int find_thread(void)
{
    if (prctl(PR_GET_TID_ADDRESS, &thread.tid, 0, 0, 0) != 0)
        return -errno;
    return syscall(SYS_get_robust_list, 0, &thread.robust_list, &thread.robust_list_size) == 0 ? 0 : -errno;
}

static int drop_bounding_set(void)
{
    return privilege_bound(PRIVILEGE_NONE);
}

static int drop_capabilities(void)
{
    return privilege_keep(SERVING_CAPABILITIES);
}

static const struct {
    enum kiln_step step;
    int (*run)(void);
} PREPARATION[] = {
    {KILN_STEP_DESCRIPTORS, hold_descriptors},
    {KILN_STEP_RLIMITS, set_limits},
    {KILN_STEP_CLONE, find_thread},
    {KILN_STEP_BOUNDING_SET, drop_bounding_set},
    {KILN_STEP_CAPABILITIES, drop_capabilities},
    {KILN_STEP_NO_NEW_PRIVILEGES, privilege_lock},
    {KILN_STEP_SECCOMP, filter_install_zygote},
};

static void prepare(struct enter *enter)
{
    struct zygote_reply ready = {.operation = ZYGOTE_READY};
    prctl(PR_SET_NAME, "kiln-zygote", 0, 0, 0);
    for (size_t i = 0; i < sizeof PREPARATION / sizeof *PREPARATION && ready.result == 0; i++) {
        ready.result = PREPARATION[i].run();
        ready.step = ready.result == 0 ? KILN_STEP_NONE : PREPARATION[i].step;
    }
    enter->landlock = (struct landlock){.abi = landlock_abi(), .root = ZYGOTE_ROOT, .devices = ZYGOTE_DEVICES};
    zygote_reply_send(ZYGOTE_SOCKET, &ready, NULL, 0);
    if (ready.result != 0)
        _exit(1);
}

static uint32_t micros_between(const struct timespec *from, const struct timespec *to)
{
    return (uint32_t)((to->tv_sec - from->tv_sec) * 1000000 + (to->tv_nsec - from->tv_nsec) / 1000);
}

/* fork, as glibc does it for a process of one thread, into the namespaces and the group of a sandbox. */
static pid_t clone_sandbox(int group, int *pidfd)
{
    struct clone_args arguments = {
        .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_INTO_CGROUP | CLONE_PIDFD |
                 CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
        .pidfd = (uintptr_t)pidfd,
        .child_tid = (uintptr_t)thread.tid,
        .exit_signal = SIGCHLD,
        .cgroup = (uint64_t)group,
    };
    pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == 0)
        syscall(SYS_set_robust_list, thread.robust_list, thread.robust_list_size);
    return pid;
}

static int check(const struct zygote_request *request, const struct packet_descriptors *received)
{
    if (request->operation != ZYGOTE_SPAWN || request->network != KILN_NETWORK_NONE || request->uid == 0)
        return -EINVAL;
    if (received->count != ZYGOTE_FIXED_DESCRIPTORS && received->count != ZYGOTE_MAX_DESCRIPTORS)
        return -EBADMSG;
    return children_room();
}

/* True in the child. */
static bool spawn(const struct zygote_request *request, const struct packet_descriptors *received)
{
    struct zygote_reply reply = {.operation = ZYGOTE_SPAWNED,
                                 .runtime = request->runtime,
                                 .slot = request->slot,
                                 .generation = request->generation,
                                 .step = KILN_STEP_MESSAGE};
    struct timespec before, after;
    int pidfd = -1;
    reply.result = check(request, received);
    if (reply.result == 0) {
        clock_gettime(CLOCK_MONOTONIC, &before);
        pid_t pid = clone_sandbox(received->values[SPAWN_GROUP], &pidfd);
        if (pid == 0)
            return true;
        clock_gettime(CLOCK_MONOTONIC, &after);
        reply.result = pid < 0 ? -errno : 0;
        reply.step = pid < 0 ? KILN_STEP_CLONE : KILN_STEP_NONE;
        reply.clone_micros = micros_between(&before, &after);
        if (pid > 0)
            children_add(pid, request);
    }
    zygote_reply_send(ZYGOTE_SOCKET, &reply, &pidfd, reply.result == 0 ? 1 : 0);
    return false;
}

/* Until nothing is left to read, or, in the child, until it has entered. */
static bool answer(struct enter *enter)
{
    struct packet_descriptors received;
    int result;
    while ((result = packet_receive(ZYGOTE_SOCKET, &enter->request, sizeof enter->request, &received)) == 0) {
        if (spawn(&enter->request, &received)) {
            enter->descriptors = received.values;
            enter->descriptor_count = received.count;
            enter_sandbox(enter);
            return true;
        }
        syscall(SYS_close_range, ZYGOTE_FIRST_RECEIVED, UINT32_MAX, 0);
    }
    if (result != -EAGAIN)
        _exit(result == -EPIPE ? 0 : 1);
    return false;
}

void kiln_zygote_serve(struct enter *enter)
{
    prepare(enter);
    for (;;) {
        struct pollfd events[] = {{.fd = ZYGOTE_SOCKET, .events = POLLIN}, {.fd = ZYGOTE_SIGNALS, .events = POLLIN}};
        poll(events, 2, -1);
        if (events[1].revents != 0)
            children_reap(ZYGOTE_SOCKET, ZYGOTE_SIGNALS);
        if (events[0].revents != 0 && answer(enter))
            return;
    }
}
