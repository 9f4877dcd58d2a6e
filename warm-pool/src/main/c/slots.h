/*
 * Slots: a uid, control groups and a network namespace, in which one sandbox after another lives. A slot is given to
 * the next sandbox only when the launcher has itself seen that nothing of the last is left: its init's pidfd has
 * reported exit, its zygote has told how (or is gone), no process is in any of its groups, and its network has no
 * socket, or is replaced.
 *
 *   FREE -> WAITING (for a network, where none is ready) -> SPAWNING (the zygote was asked) -> RUNNING -> EMPTYING -> FREE
 *
 * Nothing here waits: each step follows from an event of the poll loop, or from slots_due().
 */
#ifndef KILN_SLOTS_H
#define KILN_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "group.h"
#include "messages.h"
#include "network.h"
#include "options.h"

struct launcher;

enum slot_state { SLOT_FREE, SLOT_WAITING, SLOT_SPAWNING, SLOT_RUNNING, SLOT_EMPTYING };

/* The gateway's ends of what a sandbox is born with, in the order of SPAWN's answer. */
enum channel { CHANNEL_FRAMES, CHANNEL_CHANNELS, CHANNEL_STDOUT, CHANNEL_STDERR, CHANNEL_COUNT };

struct slot {
    enum slot_state state;
    uint32_t generation; /* of the sandbox in it, or the last that was */
    uint32_t runtime;
    uint32_t sequence;     /* of the SPAWN to be answered */
    int64_t asked_at;
    int channels[CHANNEL_COUNT]; /* -1 once handed over; CHANNEL_CHANNELS is kept until ATTACH, which rings by it */
    int pidfd;                   /* -1: there is no process that could be known */
    bool attached;               /* ATTACH was tried; never again for this sandbox */
    bool announced;              /* SPAWN was answered with success, so EXITED is due */
    bool reaped;                 /* `status` is known, or will never be */
    bool settled;                /* EMPTYING: the groups are empty, and `counts` taken */
    bool reported;               /* EMPTYING: that it takes long was told */
    bool oom_suspected; /* hybrid: the group, or one above it, ran out of memory; who was killed is not known yet */
    int32_t status; /* -1 until told */
    struct group_counts counts;
    int reclaimer; /* EMPTYING: pidfd of a child that takes memory back; -1: none */
    struct network network;
    struct group group;
    bool pending; /* is among slots_due()'s */
    int64_t due;  /* EMPTYING, or oom_suspected: when to look again */
    int64_t since;
};

struct slots {
    uint32_t count;
    struct slot *all;
    /* Slots with state WAITING, the longest waiting first: a ring. */
    uint32_t *waiting;
    uint32_t waiting_first;
    uint32_t waiting_count;
    /* Slots that slots_due() has to look at. */
    uint32_t *pending;
    uint32_t pending_count;
};

int slots_make(struct slots *slots, uint32_t count);

/* The slot of a living sandbox that the message names, or NULL with `result` set: -EINVAL for no such slot, -ESTALE for
 * a generation that does not live in it. */
struct slot *slots_living(struct launcher *launcher, const struct kiln_header *header, int *result);

/* Fills the answer's result and step if it fails at once; else the answer follows when the zygote has. True where
 * `reply` is to be sent now. */
bool slots_spawn(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply);

/* Makes the slot's groups where they are not there, and watches them. */
int slots_make_groups(struct launcher *launcher, uint32_t number);

/* Closes one of the gateway's ends, if this process still holds it. */
void slots_close_channel(struct slot *slot, enum channel channel);

/* Answers a SPAWN under way with a failure. */
void slots_refuse_spawn(struct launcher *launcher, struct slot *slot, int result, enum kiln_step step);

void slots_kill(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply);
void slots_stat(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply);

/* Network namespaces have come: whoever waits for one goes on. Or none can be made now: whoever waits is refused. */
void slots_networks_changed(struct launcher *launcher);

/* A zygote's word on a sandbox; descriptors are taken over. */
void slots_spawned(struct launcher *launcher, const struct zygote_reply *reply, int pidfd);
void slots_reaped(struct launcher *launcher, const struct zygote_reply *reply);

/* The runtime's zygote is gone: what it was asked will not be answered. */
void slots_zygote_gone(struct launcher *launcher, uint32_t runtime);

/* The init's pidfd, or the eventfd on out-of-memory, of this slot is readable. */
void slots_exited(struct launcher *launcher, uint32_t slot);
void slots_oom(struct launcher *launcher, uint32_t slot);

/* Does what is due now and returns when to be called again; INT64_MAX: not before something happens. */
int64_t slots_due(struct launcher *launcher, int64_t now);

/* At the end, when every sandbox has been killed: waits, bounded, for the groups to empty, and removes them. */
void slots_remove(struct launcher *launcher);

#endif
