#define _GNU_SOURCE
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "report.h"

#define CLAIM_TRIES 16
#define IDENTITY_FILE "identity"

static uint64_t hash(const char *text)
{
    uint64_t value = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return value;
}

static int open_home(const char *home, struct identity *identity)
{
    if (mkdir(home, 0755) != 0 && errno != EEXIST)
        return report_failure("make directory", home, errno);
    if (realpath(home, identity->home) == NULL)
        return report_failure("resolve", home, errno);
    identity->home_lock = open(identity->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (identity->home_lock < 0)
        return report_failure("open", identity->home, errno);
    if (flock(identity->home_lock, LOCK_EX | LOCK_NB) != 0) {
        report("%s is in use by another Kiln: stop it, or choose another home", identity->home);
        return -EBUSY;
    }
    snprintf(identity->name, sizeof identity->name, "kiln-%08x", (uint32_t)hash(identity->home));
    return 0;
}

static void range_path(char *path, size_t size, uint32_t base)
{
    snprintf(path, size, RUN_DIRECTORY "/uids-%u", base);
}

/* Whether the locked file is still the one that others would find: its last holder may have taken it away in between. */
static bool is_current(int lock, const char *path)
{
    struct stat locked, found;
    return fstat(lock, &locked) == 0 && stat(path, &found) == 0 && locked.st_ino == found.st_ino;
}

/* 0, -EBUSY where another Kiln has the range, or another errno. */
static int lock_range(struct identity *identity, uint32_t base)
{
    char path[64];
    range_path(path, sizeof path, base);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        return report_failure("open lock", path, errno);
    if (flock(lock, LOCK_EX | LOCK_NB) != 0 || !is_current(lock, path)) {
        close(lock);
        return -EBUSY;
    }
    identity->range_lock = lock;
    identity->uid_base = base;
    return 0;
}

void identity_release(const struct identity *identity)
{
    char path[64];
    range_path(path, sizeof path, identity->uid_base);
    if (identity->uid_base != 0 && unlink(path) != 0)
        report_failure("remove lock", path, errno);
}

static int write_identity(const struct identity *identity)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%u\n", identity->uid_base);
    int file = openat(identity->home_lock, IDENTITY_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0 || write(file, text, (size_t)length) != length || fsync(file) != 0) {
        int error = errno;
        if (file >= 0)
            close(file);
        return report_failure("write", "the home's " IDENTITY_FILE, error);
    }
    close(file);
    return 0;
}

/* A new home takes the first free range from where its hash points. */
static int claim_any(struct identity *identity)
{
    uint64_t first = hash(identity->home);
    for (unsigned i = 0; i < CLAIM_TRIES; i++) {
        uint32_t base = IDENTITY_LOWEST_BASE + (uint32_t)((first + i) % IDENTITY_BASES) * IDENTITY_RANGE;
        int result = lock_range(identity, base);
        if (result != -EBUSY)
            return result;
    }
    return -EBUSY;
}

static int claim_range(struct identity *identity, uint32_t wanted)
{
    if (wanted % IDENTITY_RANGE != 0) {
        report("--uid-base must be a multiple of %u, so that no two ranges overlap: %u is one", IDENTITY_RANGE,
               wanted - wanted % IDENTITY_RANGE);
        return -EINVAL;
    }
    uint64_t recorded = 0;
    int result = file_read_number(identity->home_lock, IDENTITY_FILE, &recorded);
    if (result != 0 && result != -ENOENT)
        return report_failure("read", "the home's " IDENTITY_FILE, -result);
    if (result == 0 && wanted != 0 && wanted != recorded) {
        report("this home's files belong to user ids from %lu: --uid-base cannot change them to %u",
               (unsigned long)recorded, wanted);
        return -EINVAL;
    }
    bool fresh = result == -ENOENT;
    if (fresh && wanted == 0)
        result = claim_any(identity);
    else
        result = lock_range(identity, fresh ? wanted : (uint32_t)recorded);
    if (result == -EBUSY)
        report("another Kiln uses this home's user ids: give one of them another --uid-base");
    return result == 0 && fresh ? write_identity(identity) : result;
}

int identity_claim(const char *home, uint32_t wanted_base, struct identity *identity)
{
    if (mkdir(RUN_DIRECTORY, 0755) != 0 && errno != EEXIST)
        return report_failure("make directory", RUN_DIRECTORY, errno);
    int result = open_home(home, identity);
    if (result == 0)
        result = claim_range(identity, wanted_base);
    return result == 0 ? trust_path(identity->home, identity_range(identity)) : result;
}

static int make_directory(const struct identity *identity, const char *name, uid_t uid, gid_t gid, mode_t mode)
{
    if (mkdirat(identity->home_lock, name, 0700) != 0 && errno != EEXIST)
        return report_failure("make the home's directory", name, errno);
    int directory = openat(identity->home_lock, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return report_failure("open the home's directory", name, errno);
    int result = 0;
    if (fchown(directory, uid, gid) != 0 || fchmod(directory, mode) != 0)
        result = report_failure("give away the home's directory", name, errno);
    close(directory);
    return result;
}

int identity_directories(const struct identity *identity)
{
    uid_t gateway = identity_gateway(identity);
    uid_t redis = identity_redis(identity);
    int result = make_directory(identity, "state", gateway, gateway, 0700);
    if (result == 0)
        result = make_directory(identity, "redis", redis, redis, 0700);
    /* Set-group-id: the socket that Redis makes here gets the gateway's group. */
    return result == 0 ? make_directory(identity, "run", redis, gateway, 02750) : result;
}
