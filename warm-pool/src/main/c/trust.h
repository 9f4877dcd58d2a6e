/* Who could change what a process with capabilities executes or loads. */
#ifndef KILN_TRUST_H
#define KILN_TRUST_H

#include <stdint.h>

/* User (and group) ids that Kiln's unprivileged processes run under. */
struct id_range {
    uint32_t first;
    uint32_t count;
};

/* Every component of the absolute path, "/" included: not owned by an id of the range, not writable by a group of the
 * range, not writable by everybody unless sticky (where nobody can rename what he does not own). The gateway can
 * then put nothing in its place. 0, or -EPERM after the component has been reported. */
int trust_path(const char *path, struct id_range untrusted);

/* Every entry of the tree, the root itself included, without crossing into other file systems: owned by root, and
 * writable by nobody else. A sticky directory for everybody may be there (an image's /tmp: nothing is executed from
 * it, and sandboxes get their own above it). 0, or -EPERM after the first such entry has been reported. */
int trust_tree(const char *root);

#endif
