/*
 * Landlock: a second lock on the file system and on signals, which holds even where a mount or a mode is wrong. What
 * a sandbox may read and execute is its whole (read-only) root, what it may write is beneath /tmp and /dev. The rules
 * name ancestors, so they cover what is mounted there later: code at /var/task, layers at /opt.
 */
#ifndef KILN_LANDLOCK_H
#define KILN_LANDLOCK_H

#include <stdint.h>

struct landlock {
    int abi; /* the kernel's; 0: it has none, and nothing is restricted */
    int root;
    int devices;
};

/* The kernel's Landlock ABI; 0 where it is absent or switched off. */
int landlock_abi(void);

/* Restricts the calling process and its descendants for good. `/tmp` must be mounted. 0 or a negative errno. */
int landlock_restrict(const struct landlock *landlock);

#endif
