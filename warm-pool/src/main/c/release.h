/* How a slot becomes free again, and what else has to be looked at by the clock. */
#ifndef KILN_RELEASE_H
#define KILN_RELEASE_H

#include "slots.h"

/* The sandbox is dead (or never came to be): from now on its slot is being emptied. */
void release_begin(struct launcher *launcher, struct slot *slot);

/* Frees the slot, and tells EXITED, if all conditions hold; else looks again later. */
void release_try(struct launcher *launcher, struct slot *slot, int64_t now);

/* Has slots_due() look at the slot at that time. */
void release_pend(struct launcher *launcher, struct slot *slot, int64_t due);

#endif
