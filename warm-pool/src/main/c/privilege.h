/*
 * Giving privilege up: bounding set, user and groups, capability sets, no_new_privs. Used by the launcher for
 * itself and its children, and by zygotes and sandboxes, so it neither allocates nor prints: every function
 * returns 0 or a negative errno, and the caller names the step.
 */
#ifndef KILN_PRIVILEGE_H
#define KILN_PRIVILEGE_H

#include <linux/capability.h>
#include <stdint.h>
#include <sys/types.h>

#define PRIVILEGE(capability) (UINT64_C(1) << (capability))
#define PRIVILEGE_NONE UINT64_C(0)

/* Removes every capability but `keep` from the bounding set, so that no exec can give it back. Needs CAP_SETPCAP:
 * call it before the sets are reduced. */
int privilege_bound(uint64_t keep);

/* Effective and permitted become `keep`, inheritable and ambient become empty. */
int privilege_keep(uint64_t keep);

/* No supplementary groups, then all group ids, then all user ids; ends with privilege_keep(keep), whichever the
 * ids are. Clears the parent-death signal and makes the process undumpable, as the kernel does upon any such
 * change: set both afterwards. */
int privilege_become(uid_t uid, gid_t gid, uint64_t keep);

/* no_new_privs: from here on exec gives nothing, for this process and all it starts. */
int privilege_lock(void);

#endif
