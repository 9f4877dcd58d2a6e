/*
 * Network namespaces, each with nothing but a loopback interface that is up. Making one takes about a millisecond, so
 * a helper process makes them ahead. (A thread could not: a process that has more than one may not enter another's
 * mount namespace, which the launcher must.)
 */
#ifndef KILN_NETWORK_H
#define KILN_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#define NETWORKS_AHEAD 16

struct network {
    int namespace; /* -1: none */
    int sockets;   /* its /proc/net/sockstat, which is read again and again */
    int traffic;   /* its /proc/net/dev, likewise */
};

#define NETWORK_NONE ((struct network){.namespace = -1, .sockets = -1, .traffic = -1})

struct networks {
    int helper; /* pidfd */
    int socket; /* to the helper; readable when a namespace has come, or the helper has died */
    int home;   /* the launcher's own namespace */
    uint32_t asked;
    uint32_t ready;
    int error;         /* why none could be made when last tried; 0: nothing is wrong */
    unsigned failures; /* in a row */
    int64_t due;       /* when to try again; INT64_MAX: nothing is due */
    struct network ahead[NETWORKS_AHEAD];
};

/* Starts the helper, which dies with the launcher (`own_pidfd`), and asks for the first namespaces. */
int networks_start(struct networks *networks, int own_pidfd);

/* To be called when `socket` is readable: takes in what has come. One that could not be made is asked for again after a
 * while (`due`), and until then no other is. -EPIPE: the helper is gone, or out of its mind. */
int networks_receive(struct networks *networks);

/* Asks again if it is time to; returns when to be called again. */
int64_t networks_due(struct networks *networks, int64_t now);

/* Takes one and asks for another in its place; false where none is ready now: it comes, or `error` is set. */
bool networks_take(struct networks *networks, struct network *network);

/* Ends the helper, and waits until that is done. */
void networks_end(struct networks *networks);

/* Whether no socket of any family exists in it, nor a TCP connection in TIME_WAIT, and nothing was ever sent: what was
 * is counted for as long as the namespace lives, and the next tenant could read it. */
bool network_clean(const struct network *network);

void network_close(struct network *network);

#endif
