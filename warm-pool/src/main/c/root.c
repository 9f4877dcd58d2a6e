#define _GNU_SOURCE
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mounts.h"

/* Device nodes that programs take for granted and that give nothing. */
static const char *const NODES[] = {"null", "zero", "full", "random", "urandom"};
#define NODE_COUNT (sizeof NODES / sizeof *NODES)

static const struct {
    const char *name, *target;
} LINKS[] = {
    {"fd", "/proc/self/fd"},
    {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"},
    {"stderr", "/proc/self/fd/2"},
};

/* Where something is mounted now, in each child, or by ATTACH, and /sys, which stays empty: each a directory, reached
 * through no link. */
static const char *const MOUNT_POINTS[] = {"dev", "proc", "sys", "tmp", "var/task", "opt"};

#define DEV_OPTIONS_SIZE "64k"

static int check_mount_points(int root)
{
    for (size_t i = 0; i < sizeof MOUNT_POINTS / sizeof *MOUNT_POINTS; i++) {
        int directory = mounts_open_beneath(root, MOUNT_POINTS[i], O_DIRECTORY, MOUNTS_ACROSS);
        if (directory < 0)
            return directory;
        close(directory);
    }
    return 0;
}

/* Copies of the host's nodes as detached mounts, while its /dev is still in sight. Read-only keeps their owner, mode
 * and times from changing; writing to a device is no write to its file system. */
static int clone_nodes(int nodes[NODE_COUNT])
{
    int host = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (host < 0)
        return -errno;
    int result = 0;
    for (size_t i = 0; i < NODE_COUNT && result == 0; i++) {
        nodes[i] = mounts_clone(host, NODES[i], MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0);
        result = nodes[i] < 0 ? nodes[i] : 0;
    }
    close(host);
    return result;
}

/* Laid over the old root, which is then pivoted away: no directory of the image has to hold anything of it. */
static int pivot(int tree)
{
    if (move_mount(tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) != 0 || fchdir(tree) != 0)
        return -errno;
    return mounts_pivot();
}

static int make_tmpfs(const char *size)
{
    int context = fsopen("tmpfs", FSOPEN_CLOEXEC);
    if (context < 0)
        return -errno;
    int result = 0;
    if (fsconfig(context, FSCONFIG_SET_STRING, "size", size, 0) != 0 ||
        fsconfig(context, FSCONFIG_SET_STRING, "mode", "0755", 0) != 0 ||
        fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0)
        result = -errno;
    int mount = -1;
    if (result == 0)
        mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
    if (result == 0 && mount < 0)
        result = -errno;
    close(context);
    return result == 0 ? mount : result;
}

static int place_node(int device_directory, const char *name, int node)
{
    int file = openat(device_directory, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0444);
    if (file < 0)
        return -errno;
    close(file);
    int target = mounts_open_beneath(device_directory, name, 0, MOUNTS_ACROSS);
    if (target < 0)
        return target;
    int result = mounts_attach(node, target);
    close(target);
    return result;
}

static int fill_devices(int directory, const int nodes[NODE_COUNT])
{
    for (size_t i = 0; i < NODE_COUNT; i++) {
        int result = place_node(directory, NODES[i], nodes[i]);
        if (result != 0)
            return result;
    }
    for (size_t i = 0; i < sizeof LINKS / sizeof *LINKS; i++) {
        if (symlinkat(LINKS[i].target, directory, LINKS[i].name) != 0)
            return -errno;
    }
    return mkdirat(directory, "shm", 0755) == 0 ? 0 : -errno;
}

static int mount_devices(const int nodes[NODE_COUNT])
{
    int target = mounts_open_beneath(AT_FDCWD, "dev", O_DIRECTORY, MOUNTS_ACROSS);
    if (target < 0)
        return target;
    int devices = make_tmpfs(DEV_OPTIONS_SIZE);
    int result = devices < 0 ? devices : mounts_attach(devices, target);
    close(target);
    if (result == 0)
        result = fill_devices(devices, nodes);
    return result == 0 ? mounts_restrict(devices, MOUNT_ATTR_RDONLY) : result;
}

/* Before the namespace is left: a mount can only be copied in the namespace that it belongs to. */
static int clone_image(int root)
{
    int tree = mounts_clone(root, "", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0);
    if (tree < 0)
        return tree;
    int result = check_mount_points(tree);
    return result == 0 ? tree : result;
}

static int mount_image(int tree)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return -errno;
    return pivot(tree);
}

int root_enter(int root, enum kiln_step *failed)
{
    int nodes[NODE_COUNT];
    *failed = KILN_STEP_ROOT_MOUNT;
    int tree = clone_image(root);
    if (tree < 0)
        return tree;
    *failed = KILN_STEP_DEV_MOUNT;
    int result = clone_nodes(nodes);
    if (result != 0)
        return result;
    *failed = KILN_STEP_ROOT_PIVOT;
    result = mount_image(tree);
    if (result != 0)
        return result;
    *failed = KILN_STEP_DEV_MOUNT;
    return mount_devices(nodes);
}
