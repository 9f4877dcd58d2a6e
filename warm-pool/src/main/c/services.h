/* Which services there are and how each is started: the gateway, whose end ends everything, and Redis, which is
 * started again. */
#ifndef KILN_SERVICES_H
#define KILN_SERVICES_H

#include <stdbool.h>
#include <stdint.h>

struct launcher;

enum service { SERVICE_GATEWAY, SERVICE_REDIS, SERVICE_COUNT };

struct services {
    int pidfds[SERVICE_COUNT]; /* of their keepers; -1: not running */
    int64_t redis_started_at;
    int64_t redis_due; /* when to start it again */
    unsigned redis_failures;
    int64_t gateway_due; /* when a gateway that was told to end, or has hung up, is killed */
};

void services_make(struct services *services);

int services_start_redis(struct launcher *launcher);
int services_start_gateway(struct launcher *launcher);

/* A keeper's pidfd is readable. */
void services_exited(struct launcher *launcher, enum service service);

/* The gateway has closed its socket: its sandboxes end now. It is ending too, and how is known when it has; one that
 * has not after ten seconds is killed. */
void services_gateway_hung_up(struct launcher *launcher);

/* Tells the gateway to end, and gives it ten seconds. */
void services_drain(struct launcher *launcher);

int64_t services_due(struct launcher *launcher, int64_t now);

/* Ends those that run; waits until that is done. */
void services_end(struct launcher *launcher);

#endif
