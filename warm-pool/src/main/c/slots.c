#define _GNU_SOURCE
#include "slots.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "control.h"
#include "launcher.h"
#include "process.h"
#include "release.h"
#include "report.h"

int slots_make(struct slots *slots, uint32_t count)
{
    *slots = (struct slots){.count = count};
    slots->all = calloc(count, sizeof *slots->all);
    slots->waiting = calloc(count, sizeof *slots->waiting);
    slots->pending = calloc(count, sizeof *slots->pending);
    if (slots->all == NULL || slots->waiting == NULL || slots->pending == NULL)
        return report_failure("make", "the table of slots", ENOMEM);
    for (uint32_t i = 0; i < count; i++)
        slots->all[i] = (struct slot){
            .pidfd = -1, .reclaimer = -1, .channels = {-1, -1, -1, -1}, .network = NETWORK_NONE};
    return 0;
}

static uint32_t number_of(const struct slots *slots, const struct slot *slot)
{
    return (uint32_t)(slot - slots->all);
}

struct slot *slots_living(struct launcher *launcher, const struct kiln_header *header, int *result)
{
    struct slots *slots = &launcher->slots;
    if (header->slot >= slots->count) {
        *result = -EINVAL;
        return NULL;
    }
    struct slot *slot = &slots->all[header->slot];
    if (slot->state != SLOT_RUNNING || slot->generation != header->generation) {
        *result = -ESTALE;
        return NULL;
    }
    return slot;
}

void slots_kill(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply)
{
    reply->step = KILN_STEP_SLOT;
    struct slot *slot = slots_living(launcher, &request->header, &reply->result);
    if (slot == NULL) {
        /* One that exited by itself while KILL was under way: EXITED follows, which is what was asked for. */
        uint32_t number = request->header.slot;
        if (number < launcher->slots.count && launcher->slots.all[number].state == SLOT_EMPTYING &&
            launcher->slots.all[number].generation == request->header.generation)
            reply->result = 0;
        return;
    }
    reply->step = KILN_STEP_KILL_SEND;
    if (pidfd_send_signal(slot->pidfd, SIGKILL, NULL, 0) != 0 && errno != ESRCH)
        reply->result = -errno;
}

void slots_stat(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply)
{
    struct group_counts counts;
    reply->step = KILN_STEP_SLOT;
    struct slot *slot = slots_living(launcher, &request->header, &reply->result);
    if (slot == NULL)
        return;
    reply->result = group_count(&launcher->cgroups, request->header.slot, &slot->group, &counts);
    reply->stat = (struct kiln_stat){.memory_bytes = counts.memory_bytes,
                                     .memory_peak_bytes = counts.memory_peak_bytes,
                                     .cpu_micros = counts.cpu_micros,
                                     .processes = counts.processes,
                                     .oom_kills = counts.oom_kills};
}

void slots_close_channel(struct slot *slot, enum channel channel)
{
    if (slot->channels[channel] >= 0)
        close(slot->channels[channel]);
    slot->channels[channel] = -1;
}

static void close_channels(struct slot *slot)
{
    for (int i = 0; i < CHANNEL_COUNT; i++)
        slots_close_channel(slot, (enum channel)i);
}

void slots_refuse_spawn(struct launcher *launcher, struct slot *slot, int result, enum kiln_step step)
{
    uint32_t number = number_of(&launcher->slots, slot);
    struct kiln_reply reply = {
        .header = {.operation = KILN_SPAWN, .sequence = slot->sequence, .slot = number, .generation = slot->generation},
        .result = result,
        .step = step,
    };
    close_channels(slot);
    control_send(launcher, &reply, NULL, 0);
}

static int answer_spawn(struct launcher *launcher, struct slot *slot, uint32_t clone_micros)
{
    uint32_t number = number_of(&launcher->slots, slot);
    struct kiln_reply answer = {
        .header = {.operation = KILN_SPAWN, .sequence = slot->sequence, .slot = number, .generation = slot->generation},
        .spawned = {.clone_micros = clone_micros, .total_micros = (uint32_t)(now_micros() - slot->asked_at)},
    };
    int descriptors[1 + CHANNEL_COUNT] = {slot->pidfd};
    memcpy(descriptors + 1, slot->channels, sizeof slot->channels);
    int result = launcher_watch(launcher, slot->pidfd, SOURCE_SLOT_EXIT, number);
    if (result != 0)
        return result;
    slot->announced = true;
    control_send(launcher, &answer, descriptors, 1 + CHANNEL_COUNT);
    slots_close_channel(slot, CHANNEL_FRAMES);
    slots_close_channel(slot, CHANNEL_STDOUT);
    slots_close_channel(slot, CHANNEL_STDERR);
    return 0;
}

/* The slot for which a zygote's message is meant, if it still is for the sandbox that is there now. */
static struct slot *addressed(struct launcher *launcher, const struct zygote_reply *reply)
{
    if (reply->slot >= launcher->slots.count)
        return NULL;
    struct slot *slot = &launcher->slots.all[reply->slot];
    return slot->generation == reply->generation ? slot : NULL;
}

void slots_spawned(struct launcher *launcher, const struct zygote_reply *reply, int pidfd)
{
    struct slot *slot = addressed(launcher, reply);
    if (slot == NULL || slot->state != SLOT_SPAWNING) {
        if (pidfd >= 0)
            close(pidfd);
        return;
    }
    slot->pidfd = pidfd;
    if (reply->result == 0 && pidfd >= 0) {
        slot->state = SLOT_RUNNING;
        if (answer_spawn(launcher, slot, reply->clone_micros) == 0)
            return;
        launcher_end(launcher, 1); /* a sandbox that cannot be watched cannot be kept */
        return;
    }
    slots_refuse_spawn(launcher, slot, reply->result < 0 ? reply->result : -EBADMSG, (enum kiln_step)reply->step);
    slot->reaped = true;
    release_begin(launcher, slot);
}

void slots_reaped(struct launcher *launcher, const struct zygote_reply *reply)
{
    struct slot *slot = addressed(launcher, reply);
    if (slot == NULL || slot->reaped || (slot->state != SLOT_RUNNING && slot->state != SLOT_EMPTYING))
        return;
    slot->reaped = true;
    slot->status = reply->result;
    if (slot->state == SLOT_EMPTYING)
        release_try(launcher, slot, now_micros());
}

void slots_exited(struct launcher *launcher, uint32_t number)
{
    struct slot *slot = &launcher->slots.all[number];
    if (slot->state == SLOT_RUNNING)
        release_begin(launcher, slot);
}

void slots_zygote_gone(struct launcher *launcher, uint32_t runtime)
{
    for (uint32_t i = 0; i < launcher->slots.count; i++) {
        struct slot *slot = &launcher->slots.all[i];
        if (slot->runtime != runtime || slot->reaped)
            continue;
        /* Nobody will tell how it ends: status -1, as set at its birth. */
        slot->reaped = slot->state != SLOT_FREE && slot->state != SLOT_WAITING;
        if (slot->state == SLOT_EMPTYING)
            release_try(launcher, slot, now_micros());
        if (slot->state == SLOT_SPAWNING) {
            slots_refuse_spawn(launcher, slot, -EPIPE, KILN_STEP_ZYGOTE);
            release_begin(launcher, slot);
        }
    }
}

void slots_oom(struct launcher *launcher, uint32_t number)
{
    struct slot *slot = &launcher->slots.all[number];
    uint64_t times;
    if (read(slot->group.oom, &times, sizeof times) != sizeof times || slot->state != SLOT_RUNNING)
        return;
    slot->oom_suspected = true;
    slot->since = now_micros();
    release_pend(launcher, slot, slot->since);
}
