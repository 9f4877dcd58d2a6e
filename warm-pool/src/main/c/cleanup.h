/* What a previous life of the same home left behind: its control groups. (Its processes, mounts and network
 * namespaces died with it, being in a PID namespace whose PID 1 dies with the launcher.) */
#ifndef KILN_CLEANUP_H
#define KILN_CLEANUP_H

#include "cgroup.h"
#include "identity.h"

/* Removes the groups that a previous life recorded, wherever it ran. Waits, bounded, for the last of its processes to
 * leave them. Only a launcher that holds the home's lock may call it. */
int cleanup_previous(const struct identity *identity);

/* Records the groups of this life, before they are made. */
int cleanup_record(const struct identity *identity, const struct cgroups *cgroups);

/* At an orderly end, when the groups have been removed. */
void cleanup_forget(const struct identity *identity);

#endif
