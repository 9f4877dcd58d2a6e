#include "backoff.h"

#define A_WHILE_MICROS 10000000
#define FIRST_MICROS 100000
#define LONGEST_MICROS 10000000
#define MOST_DOUBLINGS 7

int64_t backoff_next(unsigned *failures, int64_t lived_micros)
{
    if (lived_micros >= A_WHILE_MICROS) {
        *failures = 0;
        return 0;
    }
    int64_t pause = (int64_t)FIRST_MICROS << (*failures < MOST_DOUBLINGS ? *failures : MOST_DOUBLINGS);
    (*failures)++;
    return pause < LONGEST_MICROS ? pause : LONGEST_MICROS;
}
