/* Takes back memory that stays charged to an emptied slot's groups: page cache, mostly. The kernel may need a tenth of a
 * second for it, so a child does it and the launcher goes on. */
#ifndef KILN_RECLAIM_H
#define KILN_RECLAIM_H

#include <stdbool.h>
#include <stdint.h>

struct launcher;

/* Returns the child's pidfd, or -1 where it cannot be started: then there is no reclaiming. */
int reclaim_start(struct launcher *launcher, uint32_t slot);

/* True once the child has ended, for which it has until `deadline`; it is reaped, and its pidfd closed, then. */
bool reclaim_ended(int *pidfd, int64_t now, int64_t deadline);

#endif
