#define _GNU_SOURCE
#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "frames.h"
#include "launcher.h"
#include "mounts.h"
#include "report.h"

#define TMP_LARGEST_BYTES (UINT64_C(1) << 40) /* far from where the kernel's rounding up would overflow to "no limit" */
#define CODE_TARGET "var/task"
#define LAYERS_TARGET "opt"
#define TMP_TARGET "tmp"

/* Detached mounts, ready to be attached; -1: none. */
struct trees {
    int code;
    int layers;
};

/* "<parent>/<digest in hexadecimal>". */
static void name_directory(char *path, const char *parent, const uint8_t *digest)
{
    static const char digits[] = "0123456789abcdef";
    char *end = stpcpy(path, parent);
    *end++ = '/';
    for (int i = 0; i < KILN_DIGEST_BYTES; i++) {
        *end++ = digits[digest[i] >> 4];
        *end++ = digits[digest[i] & 0xf];
    }
    *end = '\0';
}

/* By which nothing can be written, no device opened and no id gained. */
#define CODE_ATTRIBUTES (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

static int open_tree_of(const struct launcher *launcher, const char *parent, const uint8_t *digest)
{
    char path[2 * KILN_DIGEST_BYTES + 16];
    name_directory(path, parent, digest);
    int directory = mounts_open_beneath(launcher->state, path, O_DIRECTORY, MOUNTS_WITHIN);
    if (directory < 0)
        return directory;
    struct stat state;
    int result = fstat(directory, &state) == 0 ? 0 : -errno;
    if (result == 0 && state.st_uid != identity_gateway(&launcher->identity))
        result = -EPERM;
    if (result == 0)
        result = mounts_clone(directory, "", CODE_ATTRIBUTES, 0);
    close(directory);
    return result;
}

static bool is_none(const uint8_t *digest)
{
    uint8_t any = 0;
    for (int i = 0; i < KILN_DIGEST_BYTES; i++)
        any |= digest[i];
    return any == 0;
}

static int open_trees(const struct launcher *launcher, const struct kiln_attach *attach, struct trees *trees,
                      uint32_t *step)
{
    *step = KILN_STEP_CODE_OPEN;
    trees->code = open_tree_of(launcher, "code", attach->code);
    if (trees->code < 0)
        return trees->code;
    if (is_none(attach->layers))
        return 0;
    *step = KILN_STEP_LAYERS_OPEN;
    trees->layers = open_tree_of(launcher, "layers", attach->layers);
    return trees->layers < 0 ? trees->layers : 0;
}

static void close_trees(const struct trees *trees)
{
    if (trees->code >= 0)
        close(trees->code);
    if (trees->layers >= 0)
        close(trees->layers);
}

/* In the sandbox's mount namespace, whose root, the image's, is the current directory: the target must be a directory of
 * the image itself, reached by no link, and not one that something is mounted on. */
static int mount_tree(int tree, const char *target)
{
    int place = mounts_open_beneath(AT_FDCWD, target, O_DIRECTORY, MOUNTS_WITHIN);
    if (place < 0)
        return place;
    int result = mounts_attach(tree, place);
    close(place);
    return result;
}

/* A size on the open file system, so that no path is followed between check and change. */
static int configure_size(int place, uint64_t bytes)
{
    char size[24];
    snprintf(size, sizeof size, "%llu", (unsigned long long)bytes);
    int context = fspick(place, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC);
    if (context < 0)
        return -errno;
    int result = 0;
    if (fsconfig(context, FSCONFIG_SET_STRING, "size", size, 0) != 0 ||
        fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) != 0)
        result = -errno;
    close(context);
    return result;
}

static int resize_tmp(uint64_t bytes)
{
    int place = mounts_open_beneath(AT_FDCWD, TMP_TARGET, O_DIRECTORY, MOUNTS_ACROSS);
    if (place < 0)
        return place;
    struct statfs system;
    int result = fstatfs(place, &system) == 0 ? 0 : -errno;
    if (result == 0 && system.f_type != TMPFS_MAGIC)
        result = -ENOTTY;
    if (result == 0 && (uint64_t)system.f_blocks * (uint64_t)system.f_bsize != bytes)
        result = configure_size(place, bytes);
    close(place);
    return result;
}

/* Entered: the kernel has made the sandbox's root the root and the current directory. */
static int change_inside(const struct kiln_attach *attach, const struct trees *trees, uint32_t *step)
{
    *step = KILN_STEP_TMP_RESIZE;
    int result = resize_tmp(attach->tmp_bytes);
    if (result == 0) {
        *step = KILN_STEP_CODE_MOUNT;
        result = mount_tree(trees->code, CODE_TARGET);
    }
    if (result == 0 && trees->layers >= 0) {
        *step = KILN_STEP_LAYERS_MOUNT;
        result = mount_tree(trees->layers, LAYERS_TARGET);
    }
    return result;
}

static int enter_and_change(struct launcher *launcher, const struct slot *slot, const struct kiln_attach *attach,
                            const struct trees *trees, uint32_t *step)
{
    *step = KILN_STEP_NAMESPACE_ENTER;
    if (setns(slot->pidfd, CLONE_NEWNS) != 0)
        return -errno;
    int result = change_inside(attach, trees, step);
    if (setns(launcher->own_mounts, CLONE_NEWNS) != 0) {
        /* Every path would from now on be the sandbox's. */
        report_failure("return to", "the launcher's mount namespace", errno);
        _exit(1);
    }
    return result;
}

/* The sandbox has been sent what it is to load and run, and waits for this. From here and not by way of the gateway: two
 * wake-ups less. One that is gone is told of by its pidfd. */
static void ring(struct slot *slot)
{
    const char bell = BELL_CODE;
    send(slot->channels[CHANNEL_CHANNELS], &bell, sizeof bell, MSG_DONTWAIT | MSG_NOSIGNAL);
    slots_close_channel(slot, CHANNEL_CHANNELS);
}

static int attach_to(struct launcher *launcher, struct slot *slot, const struct kiln_attach *attach, uint32_t *step)
{
    *step = KILN_STEP_SLOT;
    if (slot->attached)
        return -EALREADY;
    *step = KILN_STEP_MESSAGE;
    if (attach->tmp_bytes == 0 || attach->tmp_bytes > TMP_LARGEST_BYTES) /* 0 is no limit to the kernel */
        return -EINVAL;
    struct trees trees = {.code = -1, .layers = -1};
    int result = open_trees(launcher, attach, &trees, step);
    if (result == 0) {
        slot->attached = true;
        result = enter_and_change(launcher, slot, attach, &trees, step);
    }
    close_trees(&trees);
    if (result == 0)
        ring(slot);
    return result;
}

void attach(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply)
{
    reply->step = KILN_STEP_SLOT;
    struct slot *slot = slots_living(launcher, &request->header, &reply->result);
    if (slot != NULL)
        reply->result = attach_to(launcher, slot, &request->attach, &reply->step);
}
