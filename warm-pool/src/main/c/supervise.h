/*
 * Services: the gateway and Redis. Each runs under a uid of its own, without a capability and unable to gain one, in
 * its own PID, mount, IPC and UTS namespaces, beneath a *keeper*: PID 1 there, under yet another uid, which reaps,
 * hands SIGTERM on and dies with the launcher. What runs under the service's uid can therefore neither outlive the
 * launcher nor disturb the process that sees to it.
 */
#ifndef KILN_SUPERVISE_H
#define KILN_SUPERVISE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "view.h"

struct service_plan {
    const char *name;
    uid_t uid; /* and gid */
    uid_t keeper_uid;
    uint64_t namespaces; /* CLONE_NEW... besides the four */
    const struct view_plan *view;
    int descriptor; /* becomes 3 in the service; -1: none */
    bool background; /* no standard input, and standard output goes where errors go */
    const char *directory;
    char *const *command;
    char *const *environment;
};

/* Starts the service; `own_pidfd` is the launcher's. Stores the keeper's pidfd, whose exit status is the service's
 * (128 + signal where one killed it). A failure in the child is reported there and seen as its exit. */
int service_start(const struct service_plan *plan, int own_pidfd, int *pidfd);

#endif
