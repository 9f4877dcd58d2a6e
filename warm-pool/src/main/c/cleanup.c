#define _GNU_SOURCE
#include "cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "process.h"
#include "report.h"

#define PATIENCE_MICROS 10000000
#define PAUSE_MICROS 5000
#define RECORD_BYTES (HIERARCHY_COUNT * (PATH_MAX + 64))

/* On a tmpfs of root's: after a restart of the machine there are neither groups nor this. */
static void record_path(const struct identity *identity, char *path, size_t size)
{
    snprintf(path, size, RUN_DIRECTORY "/%s.groups", identity->name);
}

static int remove_group(int parent, const char *name, int64_t deadline)
{
    int group = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (group < 0)
        return errno == ENOENT ? 0 : -errno;
    while (unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT) {
        int error = errno;
        if (error != EBUSY || now_micros() > deadline) {
            close(group);
            return -error;
        }
        cgroup_kill_listed(group, "cgroup.procs"); /* what should have died already */
        usleep(PAUSE_MICROS);
    }
    close(group);
    return 0;
}

/* The groups beneath, which have none beneath them, then the top group. */
static int remove_top(const char *path, int64_t deadline)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        return errno == ENOENT ? 0 : report_failure("open control group", path, errno);
    int result = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            result = remove_group(dirfd(directory), entry->d_name, deadline) == 0 ? result : -EBUSY;
    closedir(directory);
    int removed = remove_group(AT_FDCWD, path, deadline);
    if (result == 0 && removed == 0)
        return 0;
    return report_failure("remove the control group that a previous life left,", path,
                          result != 0 ? -result : -removed);
}

static bool is_ours(const struct identity *identity, const char *path)
{
    const char *last = strrchr(path, '/');
    size_t length = strlen(identity->name);
    return path[0] == '/' && strncmp(last + 1, identity->name, length) == 0 &&
           (last[1 + length] == '\0' || strcmp(last + 1 + length, CGROUP_LEAF_SUFFIX) == 0);
}

int cleanup_previous(const struct identity *identity)
{
    char path[64];
    static char record[RECORD_BYTES];
    record_path(identity, path, sizeof path);
    int length = file_read(AT_FDCWD, path, record, sizeof record);
    if (length == -ENOENT)
        return 0;
    if (length < 0)
        return report_failure("read", path, -length);
    int result = 0;
    int64_t deadline = now_micros() + PATIENCE_MICROS;
    char *save = NULL;
    for (char *line = strtok_r(record, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
        if (is_ours(identity, line) && remove_top(line, deadline) != 0)
            result = -EBUSY;
    return result;
}

int cleanup_record(const struct identity *identity, const struct cgroups *cgroups)
{
    char path[64];
    record_path(identity, path, sizeof path);
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return report_failure("write", path, errno);
    for (int i = 0; i < cgroups_used(cgroups); i++)
        fprintf(file, "%s/%s\n", cgroups->own[i], identity->name);
    if (cgroups->version == 2)
        fprintf(file, "%s/%s" CGROUP_LEAF_SUFFIX "\n", cgroups->own[HIERARCHY_UNIFIED], identity->name);
    return fclose(file) == 0 ? 0 : report_failure("write", path, errno);
}

void cleanup_forget(const struct identity *identity)
{
    char path[64];
    record_path(identity, path, sizeof path);
    if (unlink(path) != 0 && errno != ENOENT)
        report_failure("remove", path, errno);
}
