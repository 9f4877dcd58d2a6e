/* The framed contract's constants (docs/framed.md), for what speaks it in C: *enter* and the runtimes' extensions. */
#ifndef KILN_FRAMES_H
#define KILN_FRAMES_H

#include <assert.h>
#include <stdint.h>

/* The descriptors that a sandbox is born with, beside standard input, output and error. */
#define FRAMES_DESCRIPTOR 3
#define CHANNELS_DESCRIPTOR 4

/* What comes on CHANNELS_DESCRIPTOR for as long as a sandbox has no code: it waits for that, not for frames, so that a
 * frame which needs the code does not wake it before the code is there. */
#define BELL_FRAME 1 /* from the gateway: a frame has been sent that needs no code */
#define BELL_CODE 2  /* from the launcher: the code is attached; from now on frames are waited for */

enum frame_type {
    FRAME_LOAD = 1,
    FRAME_INVOKE = 2,
    FRAME_COMPILE = 3,
    FRAME_WARM = 4,
    FRAME_FORK = 5,
    FRAME_KILL_COPY = 6,
    FRAME_CLEAN = 7,
    FRAME_READY = 64,
    FRAME_LOADED = 65,
    FRAME_INIT_FAILED = 66,
    FRAME_ANSWER = 67,
    FRAME_FAILED = 68,
    FRAME_COMPILED = 69,
    FRAME_WARMED = 70,
    FRAME_ENTER_FAILED = 71,
    FRAME_FORKED = 72,
    FRAME_FORK_REFUSED = 73,
    FRAME_COPY_EXITED = 74,
    FRAME_CLEANED = 75,
};

/* Little-endian on the wire; both architectures that Kiln runs on are. */
struct frame_header {
    uint32_t length;
    uint16_t type;
    uint16_t flags;
    uint64_t nonce;
    uint32_t micros;
    uint32_t zero;
};

static_assert(sizeof(struct frame_header) == 24, "a frame's header is 24 bytes");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "frames are little-endian");

#endif
