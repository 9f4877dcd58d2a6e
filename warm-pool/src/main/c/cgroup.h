/*
 * Kiln's own control groups: which hierarchies the host has, and one top group in each, beneath the group this
 * process was started in. Two layouts are known, and detected: *unified* (memory, cpu and pids are controllers of the
 * v2 tree) and *hybrid* (they are v1 hierarchies, with a v2 tree besides, into which sandboxes are born and by which
 * they are frozen). Slots' groups are group.h's.
 */
#ifndef KILN_CGROUP_H
#define KILN_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

enum hierarchy { HIERARCHY_UNIFIED, HIERARCHY_MEMORY, HIERARCHY_CPU, HIERARCHY_PIDS };
#define HIERARCHY_COUNT 4

/* v2: of the name of the group in which Kiln's own processes are. */
#define CGROUP_LEAF_SUFFIX ".host"

/* The most that a function may have, for each slot: caps what all together can take from the host. */
#define CGROUP_SLOT_PROCESSES 512

struct cgroups {
    uint32_t version;                        /* 1: hybrid; 2: unified, and only that hierarchy is used */
    char own[HIERARCHY_COUNT][PATH_MAX];     /* the group this process was started in, as a path of the host */
    char top_path[HIERARCHY_COUNT][PATH_MAX];
    int top[HIERARCHY_COUNT];                /* directories of Kiln's top groups */
    int made;                                /* how many of them there are */
    char leaf[PATH_MAX];                     /* v2: where this process went; empty: it did not */
    char quota[PATH_MAX];                    /* the empty group that holds a CPU quota */
    bool handed_down;                        /* v2: `own` handed no controllers down before */
};

struct cgroup_caps {
    uint64_t memory_bytes;
    uint32_t slots;
};

static inline int cgroups_used(const struct cgroups *cgroups)
{
    return cgroups->version == 2 ? 1 : HIERARCHY_COUNT;
}

/* The name as it stands in /kiln/cgroup: "unified", "memory", ... */
const char *hierarchy_name(enum hierarchy hierarchy);

/* Fills `version` and `own`. -ENOTSUP after the reason has been reported where the host has neither layout. */
int cgroups_detect(struct cgroups *cgroups);

/* Fills `version` and `own` without reporting: for --doctor. `reason` tells what is missing. */
int cgroups_find(struct cgroups *cgroups, const char **reason);

/* Makes the top groups called `name`, capped. On v2 this process moves to a leaf, `name`.host, first: a group that
 * hands controllers down may hold no process. Reports what fails, with the remedy. */
int cgroups_make(struct cgroups *cgroups, const char *name, struct cgroup_caps caps);

/* Kills the processes that a group's cgroup.procs lists, as many as fit one read, but never this one. A process that
 * this PID namespace does not see is listed as 0 and left alone. */
void cgroup_kill_listed(int directory, const char *path);

/* Undoes cgroups_make, or what it has done before it failed; the slots' groups are gone already. 0, or a negative errno
 * where a top group could not be removed. */
int cgroups_remove(struct cgroups *cgroups);

/* What the caps are chosen from where none is given: the machine's memory, or what its own groups allow. */
uint64_t cgroups_memory_available(const struct cgroups *cgroups);

#endif
