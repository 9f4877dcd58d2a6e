/*
 * The zygotes: the base zygote, PID 1 of the PID namespace in which all sandboxes live, and one zygote per runtime,
 * which the base starts. When one dies it is started anew, at once the first time, later with a growing delay.
 */
#ifndef KILN_RUNTIMES_H
#define KILN_RUNTIMES_H

#include <stdbool.h>
#include <stdint.h>

#include "messages.h"

struct launcher;

enum zygote_state { ZYGOTE_IS_DOWN, ZYGOTE_IS_STARTING, ZYGOTE_IS_UP };

struct zygote {
    enum zygote_state state;
    int socket;
    uint32_t life; /* counts its starts */
    int64_t started_at;
    int64_t due;       /* DOWN: when to start it; STARTING: when to give up */
    unsigned failures; /* in a row */
};

struct runtimes {
    uint32_t count;
    int roots[KILN_MAX_RUNTIMES]; /* O_PATH */
    struct zygote base;
    int base_pidfd; /* -1: none */
    struct zygote zygotes[KILN_MAX_RUNTIMES];
};

/* Checks and opens the runtimes' roots. */
int runtimes_open(struct launcher *launcher);

/* Starts the base zygote and has it start the runtimes'. */
int runtimes_start(struct launcher *launcher);

bool runtimes_up(const struct launcher *launcher, uint32_t runtime);

/* Asks the runtime's zygote for a sandbox. Negative: it was not asked (and is taken for dead if it does not read). */
int runtimes_spawn(struct launcher *launcher, const struct zygote_request *request, const int *descriptors, int count);

/* A zygote's socket, or the base's pidfd, is readable. */
void runtimes_receive(struct launcher *launcher, uint32_t runtime);
void runtimes_base_receive(struct launcher *launcher);
void runtimes_base_exited(struct launcher *launcher);

/* Tells a gateway that has just been greeted which zygotes serve. */
void runtimes_announce(struct launcher *launcher);

int64_t runtimes_due(struct launcher *launcher, int64_t now);

/* Kills the base zygote, and with it every sandbox, and waits until that is done; none is started again. */
void runtimes_end(struct launcher *launcher);

#endif
