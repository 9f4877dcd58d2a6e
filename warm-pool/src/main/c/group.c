#define _GNU_SOURCE
#include "group.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

/* Charges above this are reclaimed, and if that does not help the group is replaced. Below it they are what any
 * sandbox leaves behind: some page cache and kernel objects, which the kernel reclaims when the next one needs room. */
#define RESIDUE_BYTES (UINT64_C(8) << 20)
#define NAME_BYTES 96

struct granted {
    enum hierarchy hierarchy;
    const char *file;
    bool optional; /* absent without swap accounting */
};

/* Memory before memory and swap: a new group has neither limit, and the first may never exceed the second. */
static const struct granted granted_hybrid[GROUP_LIMITS] = {
    {HIERARCHY_UNIFIED, "cgroup.freeze", false},
    {HIERARCHY_MEMORY, "memory.limit_in_bytes", false},
    {HIERARCHY_MEMORY, "memory.memsw.limit_in_bytes", true},
    {HIERARCHY_CPU, "cpu.cfs_quota_us", false},
    {HIERARCHY_CPU, "cpu.shares", false},
    {HIERARCHY_PIDS, "pids.max", false},
};

static const struct granted granted_unified[GROUP_LIMITS] = {
    {HIERARCHY_UNIFIED, "cgroup.freeze", false}, {HIERARCHY_UNIFIED, "memory.max", false},
    {HIERARCHY_UNIFIED, "memory.swap.max", true}, {HIERARCHY_UNIFIED, "cpu.max", false},
    {HIERARCHY_UNIFIED, "cpu.weight", false},    {HIERARCHY_UNIFIED, "pids.max", false},
};

static const struct granted *granted_files(const struct cgroups *cgroups)
{
    return cgroups->version == 2 ? granted_unified : granted_hybrid;
}

static const char *in_slot(char *name, uint32_t slot, const char *file)
{
    snprintf(name, NAME_BYTES, "slot-%u/%s", slot, file);
    return name;
}

static int read_number(const struct cgroups *cgroups, enum hierarchy hierarchy, uint32_t slot, const char *file,
                       uint64_t *value)
{
    char name[NAME_BYTES];
    return file_read_number(cgroups->top[hierarchy], in_slot(name, slot, file), value);
}

static int read_key(const struct cgroups *cgroups, enum hierarchy hierarchy, uint32_t slot, const char *file,
                    const char *key, uint64_t *value)
{
    char name[NAME_BYTES];
    return file_read_key(cgroups->top[hierarchy], in_slot(name, slot, file), key, value);
}

static int write_text(const struct cgroups *cgroups, enum hierarchy hierarchy, uint32_t slot, const char *file,
                      const char *text)
{
    char name[NAME_BYTES];
    return file_write(cgroups->top[hierarchy], in_slot(name, slot, file), text);
}

static int open_in_slot(const struct cgroups *cgroups, enum hierarchy hierarchy, uint32_t slot, const char *file,
                        int flags)
{
    char name[NAME_BYTES];
    int descriptor = openat(cgroups->top[hierarchy], in_slot(name, slot, file), flags | O_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

static int make_directories(const struct cgroups *cgroups, uint32_t slot)
{
    char name[NAME_BYTES];
    for (int i = 0; i < cgroups_used(cgroups); i++)
        if (mkdirat(cgroups->top[i], in_slot(name, slot, ""), 0755) != 0)
            return -errno;
    return 0;
}

static int grant_files(const struct cgroups *cgroups, uint32_t slot, uid_t owner)
{
    const struct granted *files = granted_files(cgroups);
    char name[NAME_BYTES];
    for (size_t i = 0; i < GROUP_LIMITS; i++) {
        int top = cgroups->top[files[i].hierarchy];
        if (fchownat(top, in_slot(name, slot, files[i].file), owner, (gid_t)-1, AT_SYMLINK_NOFOLLOW) != 0 &&
            !(files[i].optional && errno == ENOENT))
            return -errno;
    }
    return 0;
}

static void note_limits(const struct cgroups *cgroups, uint32_t slot, struct group *group)
{
    const struct granted *files = granted_files(cgroups);
    char name[NAME_BYTES];
    for (size_t i = 0; i < GROUP_LIMITS; i++)
        if (file_read(cgroups->top[files[i].hierarchy], in_slot(name, slot, files[i].file), group->limits[i],
                      GROUP_LIMIT_BYTES) < 0)
            group->limits[i][0] = '\0';
    group->carries = true;
}

static int carry_limits(const struct cgroups *cgroups, uint32_t slot, const struct group *group)
{
    const struct granted *files = granted_files(cgroups);
    for (size_t i = 0; group->carries && i < GROUP_LIMITS; i++) {
        if (group->limits[i][0] == '\0')
            continue;
        int result = write_text(cgroups, files[i].hierarchy, slot, files[i].file, group->limits[i]);
        if (result != 0)
            return result;
    }
    return 0;
}

/* "<eventfd> <memory.oom_control>" in cgroup.event_control: the eventfd counts each time the group, or one above it,
 * runs out of memory. The kernel keeps both files by itself from then on. */
static int watch_oom(const struct cgroups *cgroups, uint32_t slot, struct group *group)
{
    int control = open_in_slot(cgroups, HIERARCHY_MEMORY, slot, "memory.oom_control", O_RDONLY);
    if (control < 0)
        return control;
    group->oom = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    char text[64];
    snprintf(text, sizeof text, "%d %d", group->oom, control);
    int result = group->oom < 0 ? -errno
                                : write_text(cgroups, HIERARCHY_MEMORY, slot, "cgroup.event_control", text);
    close(control);
    return result;
}

static int open_hybrid(const struct cgroups *cgroups, uint32_t slot, struct group *group)
{
    for (int i = 0; i < 3; i++) {
        group->tasks[i] = open_in_slot(cgroups, (enum hierarchy)(HIERARCHY_MEMORY + i), slot, "tasks", O_WRONLY);
        if (group->tasks[i] < 0)
            return group->tasks[i];
    }
    return watch_oom(cgroups, slot, group);
}

static int open_unified(const struct cgroups *cgroups, uint32_t slot, struct group *group)
{
    group->peak = open_in_slot(cgroups, HIERARCHY_UNIFIED, slot, "memory.peak", O_RDWR);
    if (group->peak < 0) /* a kernel that cannot reset it, or has none */
        group->peak = open_in_slot(cgroups, HIERARCHY_UNIFIED, slot, "memory.peak", O_RDONLY);
    return write_text(cgroups, HIERARCHY_UNIFIED, slot, "memory.oom.group", "1");
}

static int open_files(const struct cgroups *cgroups, uint32_t slot, struct group *group)
{
    group->unified = open_in_slot(cgroups, HIERARCHY_UNIFIED, slot, "", O_PATH | O_DIRECTORY);
    if (group->unified < 0)
        return group->unified;
    return cgroups->version == 2 ? open_unified(cgroups, slot, group) : open_hybrid(cgroups, slot, group);
}

static void forget_files(struct group *group)
{
    group->unified = group->tasks[0] = group->tasks[1] = group->tasks[2] = group->oom = group->peak = -1;
}

static void close_files(struct group *group)
{
    const int files[] = {group->unified, group->tasks[0], group->tasks[1], group->tasks[2], group->oom, group->peak};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i] >= 0)
            close(files[i]);
    forget_files(group);
}

static int remove_directories(const struct cgroups *cgroups, uint32_t slot)
{
    char name[NAME_BYTES];
    int result = 0;
    for (int i = 0; i < cgroups_used(cgroups); i++)
        if (unlinkat(cgroups->top[i], in_slot(name, slot, ""), AT_REMOVEDIR) != 0 && errno != ENOENT)
            result = -errno;
    return result;
}

int group_make(const struct cgroups *cgroups, uint32_t slot, uid_t owner, struct group *group)
{
    if (group->made)
        return 0;
    group->spent = false;
    group->cpu_before = 0;
    group->oom_before = 0;
    forget_files(group);
    int result = make_directories(cgroups, slot);
    if (result == 0)
        result = grant_files(cgroups, slot, owner);
    if (result == 0)
        result = carry_limits(cgroups, slot, group);
    if (result == 0)
        result = open_files(cgroups, slot, group);
    group->made = result == 0;
    if (result != 0) {
        close_files(group);
        remove_directories(cgroups, slot);
    }
    return result;
}

/* v1's list of processes is read through a new descriptor each time: the kernel answers one that stays open from a
 * list up to a second old. */
static int tasks_empty(const struct cgroups *cgroups, enum hierarchy hierarchy, uint32_t slot)
{
    char name[NAME_BYTES];
    char first[16];
    int length = file_read(cgroups->top[hierarchy], in_slot(name, slot, "tasks"), first, sizeof first);
    return length < 0 ? length : length == 0;
}

int group_empty(const struct cgroups *cgroups, uint32_t slot)
{
    uint64_t populated = 1;
    int result = read_key(cgroups, HIERARCHY_UNIFIED, slot, "cgroup.events", "populated", &populated);
    if (result != 0 || populated != 0)
        return result;
    for (int i = HIERARCHY_MEMORY; i < cgroups_used(cgroups); i++) {
        result = tasks_empty(cgroups, (enum hierarchy)i, slot);
        if (result != 1)
            return result;
    }
    return 1;
}

/* The first few, on one line. */
static const char *listed(const struct cgroups *cgroups, enum hierarchy hierarchy, uint32_t slot, char *list, size_t size)
{
    char name[NAME_BYTES];
    if (file_read(cgroups->top[hierarchy], in_slot(name, slot, "cgroup.procs"), list, size) <= 0)
        return "none";
    char *end = strrchr(list, '\n');
    for (*(end == NULL ? list : end) = '\0'; (end = strchr(list, '\n')) != NULL;)
        *end = ' ';
    return list;
}

void group_tell(const struct cgroups *cgroups, uint32_t slot, char *text, size_t size)
{
    char list[128];
    size_t used = 0;
    for (int i = 0; i < cgroups_used(cgroups) && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s/slot-%u: %s", i == 0 ? "" : "; ",
                                 cgroups->top_path[i], slot,
                                 listed(cgroups, (enum hierarchy)i, slot, list, sizeof list));
}

/* For kernels before 5.14, and for a process that is in a v1 group only. */
static void kill_listed(const struct cgroups *cgroups, enum hierarchy hierarchy, uint32_t slot)
{
    char name[NAME_BYTES];
    cgroup_kill_listed(cgroups->top[hierarchy], in_slot(name, slot, "cgroup.procs"));
}

void group_kill(const struct cgroups *cgroups, uint32_t slot, struct group *group)
{
    group->spent = true;
    if (write_text(cgroups, HIERARCHY_UNIFIED, slot, "cgroup.kill", "1") == 0 && cgroups->version == 2)
        return;
    for (int i = 0; i < cgroups_used(cgroups); i++)
        kill_listed(cgroups, (enum hierarchy)i, slot);
}

static uint64_t oom_kills_ever(const struct cgroups *cgroups, uint32_t slot)
{
    uint64_t kills = 0;
    if (cgroups->version == 2)
        read_key(cgroups, HIERARCHY_UNIFIED, slot, "memory.events", "oom_kill", &kills);
    else
        read_key(cgroups, HIERARCHY_MEMORY, slot, "memory.oom_control", "oom_kill", &kills);
    return kills;
}

static uint64_t cpu_ever(const struct cgroups *cgroups, uint32_t slot)
{
    uint64_t micros = 0; /* the v2 tree counts CPU time even where v1 limits it */
    read_key(cgroups, HIERARCHY_UNIFIED, slot, "cpu.stat", "usage_usec", &micros);
    return micros;
}

static uint64_t memory_peak(const struct cgroups *cgroups, uint32_t slot, const struct group *group)
{
    uint64_t bytes = 0;
    if (cgroups->version == 1) {
        read_number(cgroups, HIERARCHY_MEMORY, slot, "memory.max_usage_in_bytes", &bytes);
        return bytes;
    }
    char text[32] = {0};
    if (group->peak >= 0 && pread(group->peak, text, sizeof text - 1, 0) > 0)
        bytes = strtoull(text, NULL, 10);
    return bytes;
}

static uint64_t memory_now(const struct cgroups *cgroups, uint32_t slot)
{
    uint64_t bytes = 0;
    if (cgroups->version == 2)
        read_number(cgroups, HIERARCHY_UNIFIED, slot, "memory.current", &bytes);
    else
        read_number(cgroups, HIERARCHY_MEMORY, slot, "memory.usage_in_bytes", &bytes);
    return bytes;
}

uint32_t group_oom_kills(const struct cgroups *cgroups, uint32_t slot, const struct group *group)
{
    return (uint32_t)(oom_kills_ever(cgroups, slot) - group->oom_before);
}

int group_count(const struct cgroups *cgroups, uint32_t slot, const struct group *group, struct group_counts *counts)
{
    uint64_t processes = 0;
    enum hierarchy pids = cgroups->version == 2 ? HIERARCHY_UNIFIED : HIERARCHY_PIDS;
    int result = read_number(cgroups, pids, slot, "pids.current", &processes);
    counts->processes = (uint32_t)processes;
    counts->memory_bytes = memory_now(cgroups, slot);
    counts->memory_peak_bytes = memory_peak(cgroups, slot, group);
    counts->cpu_micros = cpu_ever(cgroups, slot) - group->cpu_before;
    counts->oom_kills = group_oom_kills(cgroups, slot, group);
    return result;
}

bool group_has_residue(const struct cgroups *cgroups, uint32_t slot)
{
    return memory_now(cgroups, slot) > RESIDUE_BYTES;
}

void group_reclaim(const struct cgroups *cgroups, uint32_t slot)
{
    if (cgroups->version == 2)
        write_text(cgroups, HIERARCHY_UNIFIED, slot, "memory.reclaim", "16G");
    else
        write_text(cgroups, HIERARCHY_MEMORY, slot, "memory.force_empty", "0");
}

static void reset_peak(const struct cgroups *cgroups, uint32_t slot, const struct group *group)
{
    if (cgroups->version == 1)
        write_text(cgroups, HIERARCHY_MEMORY, slot, "memory.max_usage_in_bytes", "0");
    else if (group->peak >= 0 && pwrite(group->peak, "0", 1, 0) < 0)
        return; /* before 6.12 it counts since the group was made, as messages.h says */
}

void group_settle(const struct cgroups *cgroups, uint32_t slot, struct group *group, struct group_counts *counts)
{
    group_count(cgroups, slot, group, counts);
    group->cpu_before += counts->cpu_micros;
    group->oom_before += counts->oom_kills;
    write_text(cgroups, HIERARCHY_UNIFIED, slot, "cgroup.freeze", "0");
    reset_peak(cgroups, slot, group);
}

int group_remove(const struct cgroups *cgroups, uint32_t slot, struct group *group)
{
    if (!group->made)
        return 0;
    int result = remove_directories(cgroups, slot);
    if (result == 0) {
        close_files(group);
        group->made = false;
    }
    return result;
}

int group_retire(const struct cgroups *cgroups, uint32_t slot, struct group *group)
{
    if (group->made)
        note_limits(cgroups, slot, group);
    return group_remove(cgroups, slot, group);
}
