/*
 * A slot's control groups: one directory "slot-<n>" in each of Kiln's top groups, root's, in which the gateway's uid
 * owns the files that limit and freeze and nothing else. They are kept from one sandbox to the next; what they count
 * is therefore told as a difference.
 */
#ifndef KILN_GROUP_H
#define KILN_GROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cgroup.h"

#define GROUP_LIMITS 6
#define GROUP_LIMIT_BYTES 32

struct group_counts {
    uint64_t memory_bytes;
    uint64_t memory_peak_bytes;
    uint64_t cpu_micros;
    uint32_t processes;
    uint32_t oom_kills;
};

struct group {
    bool made;
    bool spent;   /* may not be used again: cgroup.kill was written, or memory stays charged to it */
    int unified;  /* O_PATH: children are born into it */
    int tasks[3]; /* hybrid: `tasks` of memory, cpu, pids, open for writing; a child places itself by them */
    int oom;      /* hybrid: an eventfd, readable upon out-of-memory; -1 on v2, where the kernel kills the group */
    int peak;     /* v2: memory.peak, which is reset for one descriptor only; -1 elsewhere */
    /* What was counted before the sandbox that is in it now. */
    uint64_t cpu_before;
    uint64_t oom_before;
    /* What the groups that these replace were limited to, in the order of the files that the gateway owns. */
    bool carries;
    char limits[GROUP_LIMITS][GROUP_LIMIT_BYTES];
};

/* Makes the slot's groups if they are not there. 0 or a negative errno; what was made is removed upon failure. */
int group_make(const struct cgroups *cgroups, uint32_t slot, uid_t owner, struct group *group);

/* 1 if no process is in any of them, 0 if one is, or a negative errno. */
int group_empty(const struct cgroups *cgroups, uint32_t slot);

/* For a line of the log: each group and the processes that it lists, "path: 12 34; path: none". */
void group_tell(const struct cgroups *cgroups, uint32_t slot, char *text, size_t size);

/* Kills whatever is in them, by cgroup.kill where the kernel has it; the groups are spent by that: a child born later
 * into a group that was once killed is killed too. */
void group_kill(const struct cgroups *cgroups, uint32_t slot, struct group *group);

/* Of the sandbox that is in them. */
int group_count(const struct cgroups *cgroups, uint32_t slot, const struct group *group, struct group_counts *counts);

/* Only the number of oom kills, for the hybrid layout's watch. */
uint32_t group_oom_kills(const struct cgroups *cgroups, uint32_t slot, const struct group *group);

/* After the last process has left: counts for the last time, then makes the groups ready for the next sandbox: thawed,
 * counters noted, peak reset. */
void group_settle(const struct cgroups *cgroups, uint32_t slot, struct group *group, struct group_counts *counts);

/* More stays charged to them than any sandbox leaves behind. */
bool group_has_residue(const struct cgroups *cgroups, uint32_t slot);

/* Asks the kernel to reclaim what is charged to them; takes as long as it takes. */
void group_reclaim(const struct cgroups *cgroups, uint32_t slot);

/* Removes spent groups; -EBUSY while a process is in one. Those that group_make makes in their place have the same
 * limits: the gateway does not write again what it believes to be in force. */
int group_retire(const struct cgroups *cgroups, uint32_t slot, struct group *group);

/* Removes them for good; -EBUSY while a process is in one. */
int group_remove(const struct cgroups *cgroups, uint32_t slot, struct group *group);

#endif
