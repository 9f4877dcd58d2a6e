#define _GNU_SOURCE
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "report.h"

#define CONTROLLERS "+memory +cpu +pids"
#define NO_CONTROLLERS "-memory -cpu -pids"
#define QUOTA_GROUP "/quota"

static int write_cap(const struct cgroups *cgroups, enum hierarchy hierarchy, const char *file, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    int result = file_write(cgroups->top[hierarchy], file, text);
    return result == 0 ? 0 : report_failure("cap Kiln's top group by", file, -result);
}

/* Files that a kernel without swap accounting lacks. */
static int write_cap_where_known(const struct cgroups *cgroups, enum hierarchy hierarchy, const char *file,
                                 uint64_t value)
{
    if (faccessat(cgroups->top[hierarchy], file, F_OK, 0) != 0)
        return 0;
    return write_cap(cgroups, hierarchy, file, value);
}

static int cap_processes(const struct cgroups *cgroups, enum hierarchy hierarchy, uint32_t slots)
{
    uint64_t most = (uint64_t)slots * CGROUP_SLOT_PROCESSES;
    uint64_t machine = 0;
    if (file_read_number(AT_FDCWD, "/proc/sys/kernel/pid_max", &machine) == 0 && most > machine / 4 * 3)
        most = machine / 4 * 3;
    return write_cap(cgroups, hierarchy, "pids.max", most);
}

static int cap_unified_tree(const struct cgroups *cgroups, uint32_t slots)
{
    int result = write_cap(cgroups, HIERARCHY_UNIFIED, "cgroup.max.descendants", slots + 1); /* + quota */
    return result == 0 ? write_cap(cgroups, HIERARCHY_UNIFIED, "cgroup.max.depth", 1) : result;
}

static int cap_hybrid(const struct cgroups *cgroups, struct cgroup_caps caps)
{
    int result = write_cap(cgroups, HIERARCHY_MEMORY, "memory.limit_in_bytes", caps.memory_bytes);
    if (result == 0)
        result = write_cap_where_known(cgroups, HIERARCHY_MEMORY, "memory.memsw.limit_in_bytes", caps.memory_bytes);
    if (result == 0)
        result = write_cap_where_known(cgroups, HIERARCHY_MEMORY, "memory.swappiness", 0);
    if (result == 0)
        result = cap_processes(cgroups, HIERARCHY_PIDS, caps.slots);
    return result == 0 ? cap_unified_tree(cgroups, caps.slots) : result;
}

static int cap_unified(const struct cgroups *cgroups, struct cgroup_caps caps)
{
    int result = write_cap(cgroups, HIERARCHY_UNIFIED, "memory.max", caps.memory_bytes);
    if (result == 0)
        result = write_cap_where_known(cgroups, HIERARCHY_UNIFIED, "memory.swap.max", 0);
    if (result == 0)
        result = cap_processes(cgroups, HIERARCHY_UNIFIED, caps.slots);
    if (result == 0)
        result = cap_unified_tree(cgroups, caps.slots);
    if (result != 0)
        return result;
    result = file_write(cgroups->top[HIERARCHY_UNIFIED], "cgroup.subtree_control", CONTROLLERS);
    return result == 0 ? 0 : report_failure("hand controllers to", cgroups->top_path[HIERARCHY_UNIFIED], -result);
}

static int make_group(const char *path)
{
    if (mkdir(path, 0755) == 0 || errno == EEXIST)
        return 0;
    int error = errno;
    if (error == EROFS)
        report("the control groups are mounted read-only here: a container needs them writable (--privileged, or its "
               "own group delegated)");
    return report_failure("make control group", path, error);
}

/* v2 only: lets the group of this process hand its controllers down. */
static int hand_down(struct cgroups *cgroups)
{
    const char *own = cgroups->own[HIERARCHY_UNIFIED];
    char path[PATH_MAX + 32];
    char before[256] = "";
    snprintf(path, sizeof path, "%s/cgroup.subtree_control", own);
    file_read(AT_FDCWD, path, before, sizeof before);
    int result = file_write(AT_FDCWD, path, CONTROLLERS);
    if (result == -EBUSY)
        report("other processes are in %s, which therefore cannot hand its controllers down: start Kiln in a group of "
               "its own, as by: systemd-run --scope -p Delegate=yes ..., or a service with Delegate=yes",
               own);
    cgroups->handed_down = result == 0 && strstr(before, "memory") == NULL;
    return result == 0 ? 0 : report_failure("hand controllers down by", path, -result);
}

/* v2 only: moves this process out of its group, which may then hand its controllers down. */
static int move_to_leaf(struct cgroups *cgroups, const char *name)
{
    char path[PATH_MAX + 64];
    const char *own = cgroups->own[HIERARCHY_UNIFIED];
    if ((size_t)snprintf(cgroups->leaf, PATH_MAX, "%s/%s" CGROUP_LEAF_SUFFIX, own, name) >= PATH_MAX)
        return report_failure("make control group", name, ENAMETOOLONG);
    int result = make_group(cgroups->leaf);
    if (result != 0)
        return result;
    snprintf(path, sizeof path, "%s/cgroup.procs", cgroups->leaf);
    result = file_write(AT_FDCWD, path, "0");
    return result == 0 ? hand_down(cgroups) : report_failure("move to control group", path, -result);
}

/* So that nothing of Kiln's is left. Where the group must go on handing controllers down, for others, this process
 * cannot return to it: the leaf stays then, for the next start or for systemd to remove. */
static void leave_leaf(const struct cgroups *cgroups)
{
    char path[PATH_MAX + 32];
    if (cgroups->handed_down) {
        snprintf(path, sizeof path, "%s/cgroup.subtree_control", cgroups->own[HIERARCHY_UNIFIED]);
        file_write(AT_FDCWD, path, NO_CONTROLLERS);
    }
    snprintf(path, sizeof path, "%s/cgroup.procs", cgroups->own[HIERARCHY_UNIFIED]);
    if (file_write(AT_FDCWD, path, "0") == 0)
        rmdir(cgroups->leaf);
}

static int make_top(struct cgroups *cgroups, enum hierarchy hierarchy, const char *name)
{
    char *path = cgroups->top_path[hierarchy];
    if ((size_t)snprintf(path, PATH_MAX, "%s/%s", cgroups->own[hierarchy], name) >= PATH_MAX)
        return report_failure("make control group", path, ENAMETOOLONG);
    int result = make_group(path);
    if (result != 0)
        return result;
    cgroups->made++;
    cgroups->top[hierarchy] = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return cgroups->top[hierarchy] < 0 ? report_failure("open control group", path, errno) : 0;
}

/* The kernel patches its own code, on all processors, when the first group of the machine gets a CPU quota and when the
 * last loses its own: 150 us and at times 5 ms for each of a lease's two writes, where a quota more or less takes 3. So
 * an empty group has one for as long as Kiln runs. */
static int hold_quota(struct cgroups *cgroups)
{
    bool unified = cgroups->version == 2;
    char path[PATH_MAX + 32];
    snprintf(cgroups->quota, PATH_MAX, "%s" QUOTA_GROUP, cgroups->top_path[unified ? HIERARCHY_UNIFIED : HIERARCHY_CPU]);
    int result = make_group(cgroups->quota);
    if (result != 0)
        return result;
    snprintf(path, sizeof path, "%s/%s", cgroups->quota, unified ? "cpu.max" : "cpu.cfs_quota_us");
    result = file_write(AT_FDCWD, path, "100000");
    return result == 0 ? 0 : report_failure("set a CPU quota by", path, -result);
}

int cgroups_make(struct cgroups *cgroups, const char *name, struct cgroup_caps caps)
{
    int result = cgroups->version == 2 ? move_to_leaf(cgroups, name) : 0;
    for (int i = 0; result == 0 && i < cgroups_used(cgroups); i++)
        result = make_top(cgroups, (enum hierarchy)i, name);
    if (result == 0)
        result = cgroups->version == 2 ? cap_unified(cgroups, caps) : cap_hybrid(cgroups, caps);
    return result == 0 ? hold_quota(cgroups) : result;
}

void cgroup_kill_listed(int directory, const char *path)
{
    char list[4096];
    if (file_read(directory, path, list, sizeof list) <= 0)
        return;
    char *line = list;
    /* A number without its newline was cut off, and is another process'. */
    for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        pid_t pid = (pid_t)strtol(line, NULL, 10);
        if (pid > 1 && pid != getpid())
            kill(pid, SIGKILL);
    }
}

int cgroups_remove(struct cgroups *cgroups)
{
    int result = 0;
    if (cgroups->quota[0] != '\0')
        rmdir(cgroups->quota);
    while (cgroups->made > 0) {
        int last = --cgroups->made;
        close(cgroups->top[last]);
        if (rmdir(cgroups->top_path[last]) != 0)
            result = report_failure("remove control group", cgroups->top_path[last], errno);
    }
    if (cgroups->leaf[0] != '\0')
        leave_leaf(cgroups);
    return result;
}
