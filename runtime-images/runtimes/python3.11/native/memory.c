#define _GNU_SOURCE
#include "memory.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* Of CPython's obmalloc (Objects/obmalloc.c, 3.10 and later): requests up to LARGEST come from pools of one size class,
 * whose first block follows their header. Were they otherwise, gaps would stay, or be filled in vain; nothing breaks. */
#define STEP 16
#define LARGEST 512
#define POOL_BYTES 16384
#define POOL_HEADER_BYTES 48

/* More than any heap of a few hundred megabytes has. */
#define MOST_BLOCKS 1000000

static bool begins_pool(const void *block)
{
    return ((uintptr_t)block & (POOL_BYTES - 1)) == POOL_HEADER_BYTES;
}

/* A pool that holds one block is what the next requests of its class are served from, in order. */
static void fill_pools(size_t bytes)
{
    for (int taken = 0; taken < MOST_BLOCKS; taken++) {
        void *block = PyObject_Malloc(bytes);
        if (block == NULL || begins_pool(block))
            return;
    }
}

/* The C library's heap, which serves what is larger: what malloc returns from below its top was a gap. */
static void fill_below_top(void)
{
    const uintptr_t top = (uintptr_t)sbrk(0) - mallinfo2().keepcost;
    for (size_t bytes = 64 * 1024; bytes >= STEP; bytes = bytes > 1024 ? bytes - bytes / 8 : bytes - STEP) {
        for (int taken = 0; taken < MOST_BLOCKS; taken++) {
            void *block = malloc(bytes);
            if (block == NULL || (uintptr_t)block >= top) {
                free(block);
                break;
            }
        }
    }
}

PyObject *memory_fill_gaps(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    for (size_t bytes = STEP; bytes <= LARGEST; bytes += STEP)
        fill_pools(bytes);
    fill_below_top();
    Py_RETURN_NONE;
}
