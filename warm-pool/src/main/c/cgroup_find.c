#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "files.h"
#include "report.h"

/* One line of /proc/self/mountinfo, as far as it matters here. */
struct mount_line {
    char *root;    /* which group of the hierarchy is mounted */
    char *point;
    char *type;
    char *options; /* of the file system: for v1 the controllers' names */
};

static const char *const names[HIERARCHY_COUNT] = {"unified", "memory", "cpu", "pids"};

const char *hierarchy_name(enum hierarchy hierarchy)
{
    return names[hierarchy];
}

static bool lists(const char *text, const char *word, char separator)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += length) {
        char after = at[length];
        bool starts = at == text || at[-1] == separator;
        if (starts && (after == '\0' || after == separator || after == '\n'))
            return true;
    }
    return false;
}

/* "36 35 98:0 /root /point options optional... - type source super-options" */
static bool parse_mount(char *line, struct mount_line *mount)
{
    char *rest = strstr(line, " - ");
    if (rest == NULL)
        return false;
    *rest = '\0';
    char *save = NULL;
    char *field = strtok_r(line, " ", &save);
    for (int i = 0; i < 3 && field != NULL; i++)
        field = strtok_r(NULL, " ", &save);
    mount->root = field;
    mount->point = strtok_r(NULL, " ", &save);
    mount->type = strtok_r(rest + 3, " ", &save);
    if (mount->type == NULL || strtok_r(NULL, " ", &save) == NULL)
        return false;
    mount->options = strtok_r(NULL, " \n", &save);
    return mount->root != NULL && mount->point != NULL && mount->options != NULL;
}

static bool is_hierarchy(const struct mount_line *mount, enum hierarchy hierarchy)
{
    if (hierarchy == HIERARCHY_UNIFIED)
        return strcmp(mount->type, "cgroup2") == 0;
    return strcmp(mount->type, "cgroup") == 0 && lists(mount->options, names[hierarchy], ',');
}

/* This process' group in the hierarchy, as /proc/self/cgroup has it: "4:memory:/path", "0::/path". */
static int own_group(enum hierarchy hierarchy, char *path, size_t size)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    if (file == NULL)
        return -errno;
    char *line = NULL;
    size_t capacity = 0;
    int result = -ENOENT;
    while (result == -ENOENT && getline(&line, &capacity, file) > 0) {
        char *controllers = strchr(line, ':');
        char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (group == NULL)
            continue;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        bool unnamed = controllers[1] == '\0';
        bool ours = hierarchy == HIERARCHY_UNIFIED ? unnamed : lists(controllers + 1, names[hierarchy], ',');
        if (ours)
            result = (size_t)snprintf(path, size, "%s", group) < size ? 0 : -ENAMETOOLONG;
    }
    free(line);
    fclose(file);
    return result;
}

/* The group's path on the host: the mount may show a part of the hierarchy only. */
static int host_path(const struct mount_line *mount, const char *group, char *path, size_t size)
{
    size_t shown = strcmp(mount->root, "/") == 0 ? 0 : strlen(mount->root);
    if (strncmp(group, mount->root, shown) != 0)
        return -ENOENT;
    const char *rest = group + shown;
    int length = snprintf(path, size, "%s%s", mount->point, strcmp(rest, "/") == 0 ? "" : rest);
    return (size_t)length < size ? 0 : -ENAMETOOLONG;
}

static int find_hierarchy(enum hierarchy hierarchy, char *path, size_t size)
{
    char group[PATH_MAX];
    int result = own_group(hierarchy, group, sizeof group);
    if (result != 0)
        return result;
    FILE *file = fopen("/proc/self/mountinfo", "re");
    if (file == NULL)
        return -errno;
    char *line = NULL;
    size_t capacity = 0;
    struct mount_line mount;
    result = -ENOENT;
    while (result == -ENOENT && getline(&line, &capacity, file) > 0)
        if (parse_mount(line, &mount) && is_hierarchy(&mount, hierarchy))
            result = host_path(&mount, group, path, size);
    free(line);
    fclose(file);
    return result;
}

static bool unified_controls(const char *own)
{
    char path[PATH_MAX + 32];
    char controllers[256];
    snprintf(path, sizeof path, "%s/cgroup.controllers", own);
    return file_read(AT_FDCWD, path, controllers, sizeof controllers) > 0 && lists(controllers, "memory", ' ') &&
           lists(controllers, "cpu", ' ') && lists(controllers, "pids", ' ');
}

int cgroups_find(struct cgroups *cgroups, const char **reason)
{
    if (find_hierarchy(HIERARCHY_UNIFIED, cgroups->own[HIERARCHY_UNIFIED], PATH_MAX) != 0) {
        *reason = "no cgroup2 file system is mounted: sandboxes are born into it and frozen by it";
        return -ENOTSUP;
    }
    cgroups->version = 2;
    if (unified_controls(cgroups->own[HIERARCHY_UNIFIED]))
        return 0;
    cgroups->version = 1;
    for (enum hierarchy i = HIERARCHY_MEMORY; i < HIERARCHY_COUNT; i++)
        if (find_hierarchy(i, cgroups->own[i], PATH_MAX) != 0) {
            *reason = "memory, cpu and pids must be controllers of this process' v2 group (under systemd: "
                      "Delegate=yes), or all three be mounted as v1 hierarchies";
            return -ENOTSUP;
        }
    return 0;
}

int cgroups_detect(struct cgroups *cgroups)
{
    const char *reason = NULL;
    int result = cgroups_find(cgroups, &reason);
    if (result != 0)
        report("no usable control groups: %s", reason);
    return result;
}

uint64_t cgroups_memory_available(const struct cgroups *cgroups)
{
    char path[PATH_MAX + 32];
    uint64_t machine = 0;
    uint64_t limit = UINT64_MAX;
    if (file_read_key(AT_FDCWD, "/proc/meminfo", "MemTotal:", &machine) != 0)
        machine = 0;
    machine *= 1024;
    if (cgroups->version == 2)
        snprintf(path, sizeof path, "%s/memory.max", cgroups->own[HIERARCHY_UNIFIED]);
    else
        snprintf(path, sizeof path, "%s/memory.limit_in_bytes", cgroups->own[HIERARCHY_MEMORY]);
    /* The root of a hierarchy has no limit. */
    if (file_read_number(AT_FDCWD, path, &limit) != 0)
        limit = UINT64_MAX;
    return limit < machine ? limit : machine;
}
