/*
 * The root file system of a runtime: its image, read-only, and a minimal /dev, made once per zygote and inherited by
 * every sandbox. Mounted by descriptor; nothing of the image is followed, executed or loaded.
 */
#ifndef KILN_ROOT_H
#define KILN_ROOT_H

#include "messages.h"

/* Leaves the calling process in a mount namespace of its own that holds the image at `root` (O_PATH, a directory of
 * the caller's present mount namespace), /dev and nothing else, with / as its working directory. 0, or a negative
 * errno with `*failed` set. */
int root_enter(int root, enum kiln_step *failed);

#endif
