#define _GNU_SOURCE
#include "trust.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "report.h"

#define WALK_DESCRIPTORS 32
#define STICKY_FOR_ALL (S_ISVTX | S_IWOTH)

static bool within(uint32_t id, struct id_range range)
{
    return id >= range.first && id - range.first < range.count;
}

static int check_component(const char *path, struct id_range untrusted)
{
    struct stat state;
    if (stat(path, &state) != 0)
        return report_failure("check the owner of", path, errno);
    bool theirs = within(state.st_uid, untrusted) || (within(state.st_gid, untrusted) && (state.st_mode & S_IWGRP));
    bool everybodys = (state.st_mode & STICKY_FOR_ALL) == S_IWOTH;
    if (!theirs && !everybodys)
        return 0;
    report("%s can be changed by %s: what is executed with privilege must not lie beneath it", path,
           theirs ? "a user id of Kiln's own range" : "everybody");
    return -EPERM;
}

int trust_path(const char *path, struct id_range untrusted)
{
    char prefix[PATH_MAX];
    if (path[0] != '/' || strlen(path) >= sizeof prefix)
        return report_failure("check the owner of", path, EINVAL);
    int result = check_component("/", untrusted);
    for (const char *end = path; result == 0 && *end != '\0';) {
        end = strchrnul(end + 1, '/');
        snprintf(prefix, sizeof prefix, "%.*s", (int)(end - path), path);
        result = check_component(prefix, untrusted);
    }
    return result;
}

static int check_entry(const char *path, const struct stat *state, int kind, struct FTW *place)
{
    (void)place;
    if (kind == FTW_DNR || kind == FTW_NS) {
        report("%s cannot be examined", path);
        return -EPERM;
    }
    bool sticky = S_ISDIR(state->st_mode) && (state->st_mode & STICKY_FOR_ALL) == STICKY_FOR_ALL;
    bool writable = !S_ISLNK(state->st_mode) && (state->st_mode & (S_IWGRP | S_IWOTH)) && !sticky;
    if (state->st_uid == 0 && !writable)
        return 0;
    report("%s must be root's, and writable by nobody else: what it holds runs with privilege", path);
    return -EPERM;
}

int trust_tree(const char *root)
{
    int result = nftw(root, check_entry, WALK_DESCRIPTORS, FTW_PHYS | FTW_MOUNT);
    return result == -1 ? report_failure("examine", root, errno) : result;
}
