#ifndef KILN_ATTACH_H
#define KILN_ATTACH_H

#include "messages.h"

struct launcher;

/* ATTACH: mounts code at /var/task (and layers at /opt) of a sandbox, read-only, and sizes its /tmp. */
void attach(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply);

#endif
