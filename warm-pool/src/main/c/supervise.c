#define _GNU_SOURCE
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "privilege.h"
#include "process.h"
#include "report.h"

#define NAMESPACES (CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)
#define KEEPER_PRIVILEGES PRIVILEGE(CAP_KILL) /* to hand SIGTERM on, in its own PID namespace */
#define CANNOT_START 127

/* Where the keeper's descriptors end up: the service's own is 3, as in the service. */
enum { SERVICE_DESCRIPTOR = 3, LAUNCHER_PIDFD = 4 };

static int give_up(uid_t uid, uint64_t keep)
{
    int result = privilege_bound(keep);
    if (result == 0)
        result = privilege_become(uid, uid, keep);
    if (result == 0)
        result = privilege_lock();
    return result == 0 ? 0 : report_failure("give up privileges of", "the service", -result);
}

static int go_to_background(void)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return report_failure("redirect to", "/dev/null", errno);
    return 0;
}

/* A terminal that Kiln was started from takes what the service writes, but what is typed there is not the service's to
 * read: its descriptors are usually open for both. */
static int shut_terminal(void)
{
    static const char *const outputs[] = {[STDOUT_FILENO] = "/proc/self/fd/1", [STDERR_FILENO] = "/proc/self/fd/2"};
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || (isatty(STDIN_FILENO) && dup2(null, STDIN_FILENO) < 0))
        return report_failure("redirect to", "/dev/null", errno);
    for (int i = STDOUT_FILENO; i <= STDERR_FILENO; i++) {
        int terminal = isatty(i) ? open(outputs[i], O_WRONLY | O_NOCTTY | O_CLOEXEC) : i;
        if (terminal < 0 || dup2(terminal, i) < 0)
            return report_failure("reopen for writing", outputs[i], errno);
    }
    return 0;
}

/* No memory of the service's lands on the disk. 1 and not 0: that would not stop a core_pattern that is a pipe. */
static int forbid_core_dumps(void)
{
    const struct rlimit none = {1, 1};
    return setrlimit(RLIMIT_CORE, &none) == 0 ? 0 : report_failure("limit", "core dumps", errno);
}

static int prepare_service(const struct service_plan *plan)
{
    int result = plan->background ? go_to_background() : 0;
    if (result == 0)
        result = shut_terminal();
    if (result == 0)
        result = forbid_core_dumps();
    if (result == 0)
        result = give_up(plan->uid, PRIVILEGE_NONE);
    if (result != 0)
        return result;
    result = filter_install_service();
    return result == 0 ? 0 : report_failure("filter the system calls of", plan->name, -result);
}

/* The kernel kills the service with its keeper, PID 1, so it needs no parent-death signal of its own. */
static _Noreturn void become_service(const struct service_plan *plan)
{
    sigset_t none;
    sigemptyset(&none);
    if (prepare_service(plan) != 0)
        _exit(CANNOT_START);
    if (chdir(plan->directory) != 0) {
        report_failure("enter", plan->directory, errno);
        _exit(CANNOT_START);
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(plan->command[0], plan->command, plan->environment);
    report_failure("execute", plan->command[0], errno);
    _exit(CANNOT_START);
}

/* Reaps what has exited. True once the service itself has, with its status as a shell has it. */
static bool reap(pid_t service, int *code)
{
    bool ended = false;
    int status;
    for (pid_t child; (child = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (child != service)
            continue;
        *code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        ended = true;
    }
    return ended;
}

static _Noreturn void keep(pid_t service, const sigset_t *signals)
{
    int code = 0;
    for (;;) {
        int number = sigwaitinfo(signals, NULL);
        if (number == SIGTERM)
            kill(service, SIGTERM);
        if (reap(service, &code))
            _exit(code);
    }
}

/* Blocked before the service is forked, so that none is missed; as PID 1 the keeper ignores all others. */
static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, signals, NULL);
}

static int prepare_keeper(const struct service_plan *plan, int own_pidfd)
{
    int kept[] = {plan->descriptor >= 0 ? plan->descriptor : own_pidfd, own_pidfd};
    int result = process_keep_descriptors(kept, 2);
    if (result == 0)
        result = process_die_with(LAUNCHER_PIDFD);
    if (result != 0)
        return report_failure("prepare", plan->name, -result);
    if (sethostname("kiln", 4) != 0)
        return report_failure("set host name of", plan->name, errno);
    return view_enter(plan->view);
}

static int settle_keeper(const struct service_plan *plan)
{
    int result = give_up(plan->keeper_uid, KEEPER_PRIVILEGES);
    if (result == 0)
        result = process_die_with(LAUNCHER_PIDFD);
    if (result != 0)
        return report_failure("settle the keeper of", plan->name, -result);
    /* The service's end of a socket must be the service's only, or its death would not be seen. */
    close(SERVICE_DESCRIPTOR);
    close(LAUNCHER_PIDFD);
    return 0;
}

static _Noreturn void become_keeper(const struct service_plan *plan, int own_pidfd)
{
    sigset_t signals;
    report_as(plan->name);
    if (prepare_keeper(plan, own_pidfd) != 0)
        _exit(CANNOT_START);
    block_signals(&signals);
    pid_t service = fork();
    if (service < 0) {
        report_failure("fork", plan->name, errno);
        _exit(CANNOT_START);
    }
    if (service == 0) {
        close(LAUNCHER_PIDFD);
        if (plan->descriptor < 0)
            close(SERVICE_DESCRIPTOR);
        become_service(plan);
    }
    if (settle_keeper(plan) != 0)
        _exit(CANNOT_START);
    prctl(PR_SET_NAME, "kiln-keeper", 0, 0, 0);
    keep(service, &signals);
}

int service_start(const struct service_plan *plan, int own_pidfd, int *pidfd)
{
    pid_t keeper = process_clone(NAMESPACES | plan->namespaces, pidfd);
    if (keeper < 0)
        return report_failure("clone the keeper of", plan->name, errno);
    if (keeper == 0)
        become_keeper(plan, own_pidfd);
    return 0;
}
