#define _GNU_SOURCE
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface by value: the C library's headers may be older than the kernel. */
enum {
    CREATE_VERSION = 1,
    RULE_PATH_BENEATH = 1,
    FS_EXECUTE = 1 << 0,
    FS_READ_FILE = 1 << 2,
    FS_READ_DIR = 1 << 3,
    FS_MAKE_CHAR = 1 << 6,
    FS_MAKE_BLOCK = 1 << 11,
    FS_ABI_1 = (1 << 13) - 1,
    FS_REFER = 1 << 13,     /* ABI 2 */
    FS_TRUNCATE = 1 << 14,  /* ABI 3 */
    FS_IOCTL_DEV = 1 << 15, /* ABI 5 */
    SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0, /* ABI 6 */
    SCOPE_SIGNAL = 1 << 1,               /* ABI 6 */
    LOG_SAME_EXEC_OFF = 1 << 0,  /* ABI 7 */
    LOG_SUBDOMAINS_OFF = 1 << 2, /* ABI 7 */
};

struct ruleset_attributes {
    uint64_t handled_fs;
    uint64_t handled_network;
    uint64_t scoped;
};

struct path_beneath {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

int landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
    return abi < 0 ? 0 : (int)abi;
}

static uint64_t handled_fs(int abi)
{
    uint64_t handled = FS_ABI_1;
    if (abi >= 2)
        handled |= FS_REFER;
    if (abi >= 3)
        handled |= FS_TRUNCATE;
    if (abi >= 5)
        handled |= FS_IOCTL_DEV;
    return handled;
}

static int allow(int ruleset, int directory, uint64_t access)
{
    struct path_beneath rule = {.allowed = access, .parent = directory};
    return syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0 ? 0 : -errno;
}

/* /tmp is the sandbox's own, so it is opened here; the root and /dev are the same directories in every sandbox of a
 * zygote, which holds them open. A rule does not reach through a mount point to the directory hidden beneath it, so
 * /tmp itself must be named; /dev/shm lies beneath /dev. */
static int allow_tmp(int ruleset, uint64_t access)
{
    int tmp = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (tmp < 0)
        return -errno;
    int result = allow(ruleset, tmp, access);
    close(tmp);
    return result;
}

static int fill_and_enforce(int ruleset, const struct landlock *landlock, uint64_t handled)
{
    uint64_t writable = handled & ~(uint64_t)(FS_MAKE_CHAR | FS_MAKE_BLOCK);
    int result = allow(ruleset, landlock->root, FS_EXECUTE | FS_READ_FILE | FS_READ_DIR);
    if (result == 0)
        result = allow(ruleset, landlock->devices, writable);
    if (result == 0)
        result = allow_tmp(ruleset, writable);
    /* A sandbox must not be able to flood the host's audit log by being refused. */
    uint32_t flags = landlock->abi >= 7 ? LOG_SAME_EXEC_OFF | LOG_SUBDOMAINS_OFF : 0;
    if (result == 0 && syscall(SYS_landlock_restrict_self, ruleset, flags) != 0)
        result = -errno;
    return result;
}

int landlock_restrict(const struct landlock *landlock)
{
    if (landlock->abi == 0)
        return 0;
    uint64_t handled = handled_fs(landlock->abi);
    struct ruleset_attributes attributes = {
        .handled_fs = handled,
        .scoped = landlock->abi >= 6 ? SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL : 0,
    };
    long ruleset = syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0)
        return -errno;
    int result = fill_and_enforce((int)ruleset, landlock, handled);
    close((int)ruleset);
    return result;
}
