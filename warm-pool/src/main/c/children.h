/* The living children of a zygote: whom each pid stands for, so that its end can be told in the launcher's words. */
#ifndef KILN_CHILDREN_H
#define KILN_CHILDREN_H

#include <sys/types.h>

#include "messages.h"

#define CHILDREN_MAX 4096

/* 0, or -ENOSPC: checked before a child is born, so that none is ever unknown. */
int children_room(void);

void children_add(pid_t pid, const struct zygote_request *request);

/* A descriptor that becomes readable when a child has ended; SIGCHLD is blocked from here on. -1 with errno. */
int children_watch(void);

/* Empties that descriptor, reaps all that have ended and reports each as ZYGOTE_EXITED. Orphans that were never added
 * are reaped in silence. */
void children_reap(int socket, int watch);

/* Sends a reply; waits where the launcher is slow to read. Ends the process when the launcher is gone. */
void zygote_reply_send(int socket, const struct zygote_reply *reply, const int *descriptors, int count);

#endif
