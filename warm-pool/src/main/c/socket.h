#ifndef KILN_SOCKET_H
#define KILN_SOCKET_H

#include "messages.h"

struct launcher;

/* SOCKET: non-blocking TCP sockets made inside a sandbox's network. Returns how many are in `sockets`, which the
 * caller closes once they have been handed over. */
int socket_make(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply, int *sockets);

#endif
