/* The launcher's command line. It is root's own and the only text that the launcher ever parses. */
#ifndef KILN_OPTIONS_H
#define KILN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "messages.h"

#define OPTIONS_MAX_BINDS 32
#define OPTIONS_MAX_ENVIRONMENT 64
#define OPTIONS_MAX_SLOTS 4096
#define OPTIONS_DEFAULT_SLOTS 64

struct option_runtime {
    const char *name;
    const char *root;
};

struct option_bind {
    const char *source;
    const char *target;
    bool writable;
};

struct options {
    const char *home;
    uint32_t slots;
    uint64_t memory_bytes; /* 0: chosen from what the machine has */
    uint32_t uid_base;     /* 0: the home's own, or a new one */
    uint32_t runtime_count;
    struct option_runtime runtimes[KILN_MAX_RUNTIMES];
    const char *redis; /* NULL: no private Redis */
    uint32_t bind_count;
    struct option_bind binds[OPTIONS_MAX_BINDS];
    uint32_t environment_count;
    char *environment[OPTIONS_MAX_ENVIRONMENT];
    const char *directory; /* where the command starts */
    char **command;        /* terminated by NULL */
};

/* 0, or -EINVAL after every fault has been reported. Cuts the arguments' strings into pieces. */
int options_parse(int count, char **arguments, struct options *options);

void options_usage(void);

#endif
