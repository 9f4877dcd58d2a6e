#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KEPT_MAX 8
#define SLICE_NANOS 100000 /* the least that the kernel grants */
#define FIRST_KEPT 3

int64_t now_micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int process_shorten_slices(void)
{
    struct sched_attr attributes = {.size = sizeof attributes, .sched_policy = SCHED_NORMAL,
                                    .sched_nice = getpriority(PRIO_PROCESS, 0), .sched_runtime = SLICE_NANOS};
    return syscall(SYS_sched_setattr, 0, &attributes, 0) == 0 ? 0 : -errno;
}

static void default_signals(void)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL); /* refused for SIGKILL, SIGSTOP and the C library's own, which stay as they are */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

pid_t process_clone(uint64_t flags, int *pidfd)
{
    struct clone_args arguments = {
        .flags = flags | CLONE_PIDFD, .pidfd = (uintptr_t)pidfd, .exit_signal = SIGCHLD};
    pid_t child = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child == 0) {
        default_signals();
        setsid(); /* cannot fail in a process that has just been born: it leads no group */
    }
    return child;
}

int process_keep_descriptors(const int *kept, int count)
{
    int above[KEPT_MAX];
    if (count > KEPT_MAX)
        return -EINVAL;
    /* Out of the way first: a kept one may lie where another is to go. */
    for (int i = 0; i < count; i++) {
        above[i] = fcntl(kept[i], F_DUPFD, FIRST_KEPT + KEPT_MAX);
        if (above[i] < 0)
            return -errno;
    }
    for (int i = 0; i < count; i++)
        if (dup2(above[i], FIRST_KEPT + i) < 0)
            return -errno;
    return close_range((unsigned)(FIRST_KEPT + count), ~0U, 0) == 0 ? 0 : -errno;
}

int process_die_with(int parent_pidfd)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        return -errno;
    struct pollfd parent = {.fd = parent_pidfd, .events = POLLIN};
    int exited = poll(&parent, 1, 0);
    if (exited < 0)
        return -errno;
    return exited > 0 ? -ESRCH : 0;
}

int process_reap(int pidfd, int *status)
{
    siginfo_t child = {0};
    if (waitid(P_PIDFD, (id_t)pidfd, &child, WEXITED | WNOHANG) != 0)
        return -errno;
    if (child.si_pid == 0)
        return 0;
    *status = child.si_code == CLD_EXITED ? child.si_status << 8 : child.si_status;
    return 1;
}

int process_end(int pidfd, int signal, int64_t micros, int *status)
{
    /* One that has exited already is reaped below all the same. */
    if (pidfd_send_signal(pidfd, signal, NULL, 0) != 0 && errno != ESRCH)
        return -errno;
    struct pollfd child = {.fd = pidfd, .events = POLLIN};
    int64_t deadline = now_micros() + micros;
    for (;;) {
        int64_t left = deadline - now_micros();
        if (left < 0)
            return -ETIMEDOUT;
        if (poll(&child, 1, (int)(left / 1000) + 1) > 0)
            return process_reap(pidfd, status) < 0 ? -ECHILD : 0;
    }
}
