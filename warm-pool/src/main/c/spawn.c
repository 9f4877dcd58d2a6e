/* SPAWN, from the check of the message to the request to the zygote. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "launcher.h"
#include "process.h"
#include "slots.h"

/* The sandbox's ends, in the order of ZYGOTE_SPAWN. */
struct sandbox_ends {
    int values[CHANNEL_COUNT];
};

static int check(const struct launcher *launcher, const struct kiln_request *request, enum kiln_step *step)
{
    *step = KILN_STEP_MESSAGE;
    if (request->spawn.runtime >= launcher->runtimes.count || request->spawn.network != KILN_NETWORK_NONE)
        return -EINVAL;
    *step = KILN_STEP_SLOT;
    if (request->header.slot >= launcher->slots.count)
        return -EINVAL;
    if (launcher->slots.all[request->header.slot].state != SLOT_FREE)
        return -EBUSY;
    *step = KILN_STEP_ZYGOTE;
    return runtimes_up(launcher, request->spawn.runtime) ? 0 : -EAGAIN;
}

int slots_make_groups(struct launcher *launcher, uint32_t number)
{
    struct group *group = &launcher->slots.all[number].group;
    bool fresh = !group->made;
    int result = group_make(&launcher->cgroups, number, identity_gateway(&launcher->identity), group);
    if (result == 0 && fresh && group->oom >= 0)
        result = launcher_watch(launcher, group->oom, SOURCE_SLOT_OOM, number);
    return result;
}

static int make_pair(bool pipes, int *ours, int *sandboxs)
{
    int ends[2];
    int made = pipes ? pipe2(ends, O_CLOEXEC) : socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
    if (made != 0)
        return -errno;
    *ours = ends[0];
    *sandboxs = ends[1];
    return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : -errno;
}

static void close_ends(struct sandbox_ends *ends)
{
    for (int i = 0; i < CHANNEL_COUNT; i++)
        if (ends->values[i] >= 0)
            close(ends->values[i]);
}

/* A pipe belongs to its sandbox, or programs in it could not open /dev/stdout and /dev/stderr. */
static int make_channels(struct slot *slot, struct sandbox_ends *ends, uid_t uid)
{
    *ends = (struct sandbox_ends){.values = {-1, -1, -1, -1}};
    int result = 0;
    for (int i = 0; result == 0 && i < CHANNEL_COUNT; i++) {
        bool pipes = i == CHANNEL_STDOUT || i == CHANNEL_STDERR;
        result = make_pair(pipes, &slot->channels[i], &ends->values[i]);
        if (result == 0 && pipes && fchown(ends->values[i], uid, uid) != 0)
            result = -errno;
    }
    return result;
}

static int ask_zygote(struct launcher *launcher, uint32_t number, const struct sandbox_ends *ends)
{
    const struct slot *slot = &launcher->slots.all[number];
    struct zygote_request request = {
        .operation = ZYGOTE_SPAWN,
        .runtime = slot->runtime,
        .slot = number,
        .generation = slot->generation,
        .uid = identity_slot(&launcher->identity, number),
        .network = KILN_NETWORK_NONE,
    };
    int descriptors[ZYGOTE_MAX_DESCRIPTORS] = {
        ends->values[CHANNEL_FRAMES], ends->values[CHANNEL_CHANNELS], ends->values[CHANNEL_STDOUT],
        ends->values[CHANNEL_STDERR], slot->network.namespace,        slot->group.unified,
        slot->group.tasks[0],         slot->group.tasks[1],           slot->group.tasks[2],
    };
    int count = launcher->cgroups.version == 2 ? ZYGOTE_FIXED_DESCRIPTORS : ZYGOTE_MAX_DESCRIPTORS;
    return runtimes_spawn(launcher, &request, descriptors, count);
}

/* All that the sandbox needs is there but its channels. */
static void spawn_now(struct launcher *launcher, uint32_t number)
{
    struct slot *slot = &launcher->slots.all[number];
    struct sandbox_ends ends;
    enum kiln_step step = KILN_STEP_CHANNELS;
    slot->state = SLOT_SPAWNING;
    int result = make_channels(slot, &ends, identity_slot(&launcher->identity, number));
    if (result == 0) {
        step = KILN_STEP_ZYGOTE;
        result = ask_zygote(launcher, number, &ends);
    }
    close_ends(&ends);
    /* A zygote found dead by this has had all that it was asked refused already. */
    if (result != 0 && slot->state == SLOT_SPAWNING) {
        slot->state = SLOT_FREE;
        slots_refuse_spawn(launcher, slot, result, step);
    }
}

static void wait_for_network(struct slots *slots, uint32_t number)
{
    slots->all[number].state = SLOT_WAITING;
    slots->waiting[(slots->waiting_first + slots->waiting_count++) % slots->count] = number;
}

static void begin(struct slot *slot, const struct kiln_request *request)
{
    slot->generation += slot->generation == UINT32_MAX ? 2 : 1; /* never 0 */
    slot->runtime = request->spawn.runtime;
    slot->sequence = request->header.sequence;
    slot->asked_at = now_micros();
    slot->attached = false;
    slot->announced = false;
    slot->reaped = false;
    slot->settled = false;
    slot->reported = false;
    slot->oom_suspected = false;
    slot->status = -1;
}

bool slots_spawn(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply)
{
    uint32_t number = request->header.slot;
    enum kiln_step step;
    int result = check(launcher, request, &step);
    if (result == 0) {
        step = KILN_STEP_CGROUP_MAKE;
        result = slots_make_groups(launcher, number);
    }
    if (result != 0) {
        reply->result = result;
        reply->step = step;
        return true;
    }
    struct slot *slot = &launcher->slots.all[number];
    begin(slot, request);
    if (slot->network.namespace >= 0 || networks_take(&launcher->networks, &slot->network)) {
        spawn_now(launcher, number);
        return false;
    }
    wait_for_network(&launcher->slots, number);
    slots_networks_changed(launcher);
    return false;
}

void slots_networks_changed(struct launcher *launcher)
{
    struct slots *slots = &launcher->slots;
    struct networks *networks = &launcher->networks;
    while (slots->waiting_count > 0) {
        uint32_t number = slots->waiting[slots->waiting_first];
        struct slot *slot = &slots->all[number];
        bool ready = networks_take(networks, &slot->network);
        if (!ready && networks->error == 0)
            return;
        slots->waiting_first = (slots->waiting_first + 1) % slots->count;
        slots->waiting_count--;
        if (ready) {
            spawn_now(launcher, number);
            continue;
        }
        slot->state = SLOT_FREE;
        slots_refuse_spawn(launcher, slot, -networks->error, KILN_STEP_NETWORK_MAKE);
    }
}
