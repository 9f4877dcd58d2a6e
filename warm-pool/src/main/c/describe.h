#ifndef KILN_DESCRIBE_H
#define KILN_DESCRIBE_H

#include <stdint.h>

#include "messages.h"

/* SHA-256 of messages.h as compiled in. */
const uint8_t *build_digest(void);

/* Prints messages.h, and figures that the Java side has too, as lines of words for its tests. Returns the status. */
int describe(void);

#endif
