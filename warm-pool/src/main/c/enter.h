/*
 * What a child does between its birth and its first instruction of a runtime: the steps of docs/sandbox.md, in that
 * order. It runs after clone3 in a process whose C library does not know that it was forked, so nothing here
 * allocates, locks or prints.
 */
#ifndef KILN_ENTER_H
#define KILN_ENTER_H

#include <stdint.h>
#include <time.h>

#include "landlock.h"
#include "messages.h"

/* Where a zygote keeps its descriptors. What comes with a SPAWN lies above, so that one close_range in the zygote
 * drops it and one in the child drops all that the sandbox is not to have. */
enum zygote_descriptor {
    ZYGOTE_SOCKET = 3,
    ZYGOTE_SIGNALS = 4,
    ZYGOTE_ROOT = 5,
    ZYGOTE_DEVICES = 6,
    ZYGOTE_FIRST_RECEIVED = 7,
};

/* ZYGOTE_SPAWN's descriptors. */
enum {
    SPAWN_FRAMES,
    SPAWN_CHANNELS,
    SPAWN_STDOUT,
    SPAWN_STDERR,
    SPAWN_NETWORK,
    SPAWN_GROUP,
    SPAWN_TASKS, /* none, or memory, cpu, pids */
};

/* A child's entry: what it was told, and what it keeps of its way in. */
struct enter {
    struct zygote_request request;
    const int *descriptors; /* in ZYGOTE_SPAWN's order */
    int descriptor_count;
    struct landlock landlock;
    struct timespec born;             /* CLOCK_MONOTONIC, as the first step begins */
    uint32_t micros[KILN_STEP_COUNT]; /* what each step took */
};

/* Does every step, or reports the failing one as frame ENTER_FAILED and ends the process. */
void enter_sandbox(struct enter *enter);

/* Tells the gateway by frame READY that the sandbox is locked down and will take frames: as early as that is true, so that
 * what the runtime does first runs beside what the gateway does next. */
void enter_tell_ready(const struct enter *enter);

#endif
