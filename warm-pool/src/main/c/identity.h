/* What is one installation's alone: its home, the user ids it uses, its name among other Kilns of the host. */
#ifndef KILN_IDENTITY_H
#define KILN_IDENTITY_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "trust.h"

#define IDENTITY_RANGE 8192
#define IDENTITY_FIRST_SLOT 16
#define IDENTITY_LOWEST_BASE (12208u * IDENTITY_RANGE) /* above what distributions give to users and containers */
#define IDENTITY_BASES 200000u /* keeps every id below 2^31, which some file systems and tools need */
#define IDENTITY_NAME_BYTES 24
#define RUN_DIRECTORY "/run/kiln"

struct identity {
    char home[PATH_MAX];
    char name[IDENTITY_NAME_BYTES]; /* "kiln-" and a hash of the home: of cgroups and lock files */
    uint32_t uid_base;
    int home_lock;  /* the home's directory, locked */
    int range_lock; /* the claim of the range, locked */
};

/* Locks the home (made if missing) and claims the range; -EBUSY where another Kiln has either. The claim is written
 * into the home, whose files belong to these ids, and stays when the machine restarts. */
int identity_claim(const char *home, uint32_t wanted_base, struct identity *identity);

/* Makes the home's directories that are missing, each for the one process that uses it. */
int identity_directories(const struct identity *identity);

/* At an orderly end: takes the claim's file away. */
void identity_release(const struct identity *identity);

static inline uid_t identity_keeper(const struct identity *identity)
{
    return identity->uid_base;
}

static inline uid_t identity_gateway(const struct identity *identity)
{
    return identity->uid_base + 1;
}

static inline uid_t identity_redis(const struct identity *identity)
{
    return identity->uid_base + 2;
}

static inline uid_t identity_slot(const struct identity *identity, uint32_t slot)
{
    return identity->uid_base + IDENTITY_FIRST_SLOT + slot;
}

static inline struct id_range identity_range(const struct identity *identity)
{
    return (struct id_range){.first = identity->uid_base, .count = IDENTITY_RANGE};
}

#endif
