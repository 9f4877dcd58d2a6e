/*
 * refusing COUNT COMMAND ARGUMENTS...: executes the command under a kernel that refuses it, and all that it starts, the
 * first COUNT network namespaces with ENOSPC, as one does that has reached its limit. The limit itself is the whole
 * machine's, and no test's to change.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const char *step)
{
    perror(step);
    return 1;
}

/* A filter that asks whoever holds the descriptor it returns about every unshare(CLONE_NEWNET). */
static int install_filter(void)
{
    struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLONE_NEWNET, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof instructions / sizeof *instructions, .filter = instructions};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static int pass(int socket, int descriptor)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof descriptor)] = {0};
    struct iovec byte = {.iov_base = "", .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    *rights = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof descriptor)};
    memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
    return sendmsg(socket, &message, 0) == 1 ? 0 : -1;
}

static int take(int socket)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    char nothing;
    struct iovec byte = {.iov_base = &nothing, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    int descriptor = -1;
    if (recvmsg(socket, &message, 0) == 1 && CMSG_FIRSTHDR(&message) != NULL)
        memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof descriptor);
    return descriptor;
}

/* Until nobody is left whom the filter binds. */
static int decide(int listener, long refused)
{
    for (;;) {
        struct seccomp_notif asked = {0};
        struct seccomp_notif_resp decision = {0};
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) {
            if (errno == EINTR)
                continue;
            return errno == ENOENT ? 0 : fail("receive");
        }
        decision.id = asked.id;
        if (refused-- > 0)
            decision.error = -ENOSPC;
        else
            decision.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &decision);
    }
}

int main(int count, char **arguments)
{
    int ends[2];
    if (count < 3 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fail("refusing COUNT COMMAND");
    pid_t decider = fork();
    if (decider < 0)
        return fail("fork");
    if (decider == 0) {
        close(ends[0]);
        close(STDOUT_FILENO);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        return decide(take(ends[1]), strtol(arguments[1], NULL, 10));
    }
    int listener = install_filter();
    if (listener < 0 || pass(ends[0], listener) != 0)
        return fail("install filter");
    close(listener);
    execv(arguments[2], arguments + 2);
    return fail(arguments[2]);
}
