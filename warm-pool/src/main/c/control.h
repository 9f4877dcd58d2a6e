/* The gateway's side: what it may ask is received and checked here, and answered. */
#ifndef KILN_CONTROL_H
#define KILN_CONTROL_H

#include "messages.h"

struct launcher;

/* To be called when the gateway's socket is readable: handles what is there, a bounded number at a time. */
void control_receive(struct launcher *launcher);

/* Answers a request, or tells something unasked (sequence 0) once the gateway has been greeted. A gateway that does
 * not read is taken for dead, and everything ends. Descriptors stay the caller's. */
void control_send(struct launcher *launcher, const struct kiln_reply *reply, const int *descriptors, int count);

#endif
