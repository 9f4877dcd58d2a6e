#define _GNU_SOURCE
#include "reclaim.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "launcher.h"
#include "privilege.h"
#include "process.h"
#include "report.h"

/* The files belong to root, which this child still is; it needs no capability. */
static _Noreturn void become_reclaimer(const struct launcher *launcher, uint32_t slot)
{
    prctl(PR_SET_NAME, "kiln-reclaim", 0, 0, 0);
    int result = privilege_bound(PRIVILEGE_NONE);
    if (result == 0)
        result = privilege_keep(PRIVILEGE_NONE);
    if (result == 0)
        result = process_die_with(launcher->own_pidfd);
    if (result == 0)
        group_reclaim(&launcher->cgroups, slot);
    _exit(result == 0 ? 0 : 1);
}

int reclaim_start(struct launcher *launcher, uint32_t slot)
{
    int pidfd = -1;
    pid_t child = process_clone(0, &pidfd);
    if (child < 0)
        report_failure("clone", "a child that reclaims memory", errno);
    if (child == 0)
        become_reclaimer(launcher, slot);
    return pidfd;
}

bool reclaim_ended(int *pidfd, int64_t now, int64_t deadline)
{
    int status;
    if (process_reap(*pidfd, &status) == 0) {
        if (now > deadline)
            pidfd_send_signal(*pidfd, SIGKILL, NULL, 0);
        return false;
    }
    close(*pidfd);
    *pidfd = -1;
    return true;
}
