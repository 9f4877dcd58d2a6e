/*
 * Mounts by descriptor: what is mounted, and where, is opened first, looked at, and then cannot be exchanged. Used by
 * whatever makes a root (root.c, view.c) or adds to one (attach.c); each function returns a negative errno upon failure.
 */
#ifndef KILN_MOUNTS_H
#define KILN_MOUNTS_H

#include <stdint.h>
#include <sys/mount.h>

/* Whether a path may lead into another mount than the one it starts in. */
enum mounts_reach { MOUNTS_WITHIN, MOUNTS_ACROSS };

/* O_PATH, with further `flags`: beneath `directory` and never elsewhere, whatever it holds, and through no link. */
int mounts_open_beneath(int directory, const char *path, uint64_t flags, enum mounts_reach reach);

/* A detached copy of the mount at `path`, or at `directory` itself where that is "", that shares nothing with it, with
 * MOUNT_ATTR_* set. `recursive` is AT_RECURSIVE, for what is mounted beneath as well, or 0. Only a mount of one's own
 * namespace can be copied. */
int mounts_clone(int directory, const char *path, uint64_t attributes, unsigned recursive);

/* Sets MOUNT_ATTR_* and makes it private. */
int mounts_restrict(int mount, uint64_t attributes);

/* Attaches a detached mount to the directory or file that `target` is open on. */
int mounts_attach(int mount, int target);

/* The current directory becomes the root, by pivot_root onto itself: the old root comes to lie above the new for a
 * moment and is then detached, so that no directory has to hold it. */
int mounts_pivot(void);

#endif
