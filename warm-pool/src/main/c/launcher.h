/*
 * The launcher: the one process of Kiln's that keeps privileges. It parses nothing but its command line and fixed-size
 * messages, has one thread and waits in one place. Its parts, each with a file of its own, hang together here.
 */
#ifndef KILN_LAUNCHER_H
#define KILN_LAUNCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroup.h"
#include "identity.h"
#include "messages.h"
#include "network.h"
#include "options.h"
#include "runtimes.h"
#include "services.h"
#include "slots.h"

/* What is needed after set-up: to clone into namespaces and enter them, to hand these on to the zygotes, to give files
 * of groups away, to open beneath the gateway's state, to kill. Names without CAP_. */
#define LAUNCHER_CAPABILITIES(X)                                                                                  \
    X(SYS_ADMIN) X(SYS_CHROOT) X(SYS_PTRACE) X(SETUID) X(SETGID) X(SETPCAP) X(NET_ADMIN) X(CHOWN) X(DAC_OVERRIDE) \
    X(KILL)

/* Connections that the gateway has with its clients at most: its quarkus.http.limits.max-connections. */
#define LAUNCHER_CLIENTS 2048

/* Descriptors that a process of Kiln's may need: its own, the gateway's clients, and for each slot nine kept, channels
 * of a SPAWN under way, pidfds handed over. */
#define LAUNCHER_DESCRIPTORS(slots) (256 + LAUNCHER_CLIENTS + 16UL * (slots))

/* What a descriptor that the poll loop waits for belongs to; with an index where there are several. */
enum source {
    SOURCE_SIGNALS,
    SOURCE_GATEWAY,       /* its socket */
    SOURCE_NETWORKS,      /* the helper's socket */
    SOURCE_BASE_SOCKET,
    SOURCE_BASE_EXIT,
    SOURCE_RUNTIME,       /* a runtime's zygote's socket */
    SOURCE_SERVICE_EXIT,
    SOURCE_SLOT_EXIT,
    SOURCE_SLOT_OOM,
};

struct launcher {
    struct options options;
    struct identity identity;
    struct cgroups cgroups;
    struct networks networks;
    struct runtimes runtimes;
    struct services services;
    struct slots slots;
    int own_pidfd;
    int own_mounts; /* this process' mount namespace, to return to */
    int state;      /* the home's state directory, in that namespace */
    int epoll;
    int signals;
    int gateway;    /* this end of the gateway's socket */
    bool recorded;  /* the groups of this life are on record, for the next to remove */
    bool greeted;   /* the gateway's HELLO was accepted */
    bool draining;  /* SIGTERM or SIGINT came */
    bool ended;     /* leave the poll loop */
    int exit_status;
};

/* Waits for the descriptor to become readable from now on. 0, or a negative errno after reporting it. */
int launcher_watch(struct launcher *launcher, int descriptor, enum source source, uint32_t index);

/* Ends the poll loop, and with it everything; the first status counts. */
void launcher_end(struct launcher *launcher, int status);

#endif
