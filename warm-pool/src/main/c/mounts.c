#define _GNU_SOURCE
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

int mounts_open_beneath(int directory, const char *path, uint64_t flags, enum mounts_reach reach)
{
    struct open_how how = {
        .flags = flags | O_PATH | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
                   (reach == MOUNTS_WITHIN ? RESOLVE_NO_XDEV : 0),
    };
    long opened = syscall(SYS_openat2, directory, path, &how, sizeof how);
    return opened < 0 ? -errno : (int)opened;
}

static int restrict_all(int mount, uint64_t attributes, unsigned recursive)
{
    struct mount_attr change = {.attr_set = attributes, .propagation = MS_PRIVATE};
    return mount_setattr(mount, "", AT_EMPTY_PATH | recursive, &change, sizeof change) == 0 ? 0 : -errno;
}

int mounts_clone(int directory, const char *path, uint64_t attributes, unsigned recursive)
{
    int tree = open_tree(directory, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | recursive);
    if (tree < 0)
        return -errno;
    int result = restrict_all(tree, attributes, recursive);
    if (result == 0)
        return tree;
    close(tree);
    return result;
}

int mounts_restrict(int mount, uint64_t attributes)
{
    return restrict_all(mount, attributes, 0);
}

int mounts_attach(int mount, int target)
{
    return move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0 ? 0 : -errno;
}

int mounts_pivot(void)
{
    if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
        return -errno;
    return 0;
}
