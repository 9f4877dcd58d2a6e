/* How long to wait before something that ended is started again. */
#ifndef KILN_BACKOFF_H
#define KILN_BACKOFF_H

#include <stdint.h>

/* Microseconds to wait, given how long it had lived: none for what had lived for a while, else a tenth of a second,
 * doubled with each failure in a row, up to ten seconds. Counts in `failures`. */
int64_t backoff_next(unsigned *failures, int64_t lived_micros);

#endif
