#define _GNU_SOURCE
#include "release.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "control.h"
#include "launcher.h"
#include "process.h"
#include "reclaim.h"
#include "report.h"

/* The kernel takes a process out of its groups shortly after its pidfd has told of its exit. */
#define FIRST_LOOK_MICROS 200
#define LONGEST_PAUSE_MICROS 50000
/* What is still there then was not in the init's PID namespace, or its birth was cut short by its zygote's death. */
#define PATIENCE_MICROS 100000
#define REPORT_AFTER_MICROS 5000000
#define RECLAIM_PATIENCE_MICROS 2000000
#define OOM_LOOK_MICROS 1000
#define OOM_PATIENCE_MICROS 1000000
#define REMOVE_PATIENCE_MICROS 5000000

static uint32_t number_of(const struct launcher *launcher, const struct slot *slot)
{
    return (uint32_t)(slot - launcher->slots.all);
}

void release_pend(struct launcher *launcher, struct slot *slot, int64_t due)
{
    struct slots *slots = &launcher->slots;
    slot->due = due;
    if (!slot->pending)
        slots->pending[slots->pending_count++] = number_of(launcher, slot);
    slot->pending = true;
}

void release_begin(struct launcher *launcher, struct slot *slot)
{
    if (slot->pidfd >= 0) {
        /* By hand: the gateway holds the same pidfd, so closing this copy would not end the watch. */
        epoll_ctl(launcher->epoll, EPOLL_CTL_DEL, slot->pidfd, NULL);
        close(slot->pidfd);
        slot->pidfd = -1;
    }
    slots_close_channel(slot, CHANNEL_CHANNELS);
    slot->state = SLOT_EMPTYING;
    slot->oom_suspected = false;
    slot->since = now_micros();
    release_try(launcher, slot, slot->since);
}

static void look_later(struct launcher *launcher, struct slot *slot, int64_t now)
{
    int64_t pause = (now - slot->since) / 2;
    if (pause < FIRST_LOOK_MICROS)
        pause = FIRST_LOOK_MICROS;
    if (pause > LONGEST_PAUSE_MICROS)
        pause = LONGEST_PAUSE_MICROS;
    release_pend(launcher, slot, now + pause);
}

/* Once per sandbox: a slot that does not come free is one less to serve with, and only an operator can see why. */
static void report_delay(struct launcher *launcher, struct slot *slot, int64_t now, const char *awaited)
{
    char groups[1024] = "";
    uint32_t number = number_of(launcher, slot);
    if (slot->reported || now - slot->since < REPORT_AFTER_MICROS)
        return;
    slot->reported = true;
    if (!slot->settled)
        group_tell(&launcher->cgroups, number, groups, sizeof groups);
    report("slot %u is out of use: %lld s after its sandbox ended it waits for %s%s%s", number,
           (long long)(now - slot->since) / 1000000, awaited, groups[0] == '\0' ? "" : ", in ", groups);
}

static void tell_exit(struct launcher *launcher, const struct slot *slot, const struct group_counts *counts)
{
    struct kiln_reply reply = {
        .header = {.operation = KILN_EXITED, .slot = number_of(launcher, slot), .generation = slot->generation},
        .exited = {.status = slot->status,
                   .oom_kills = counts->oom_kills,
                   .memory_peak_bytes = counts->memory_peak_bytes,
                   .cpu_micros = counts->cpu_micros},
    };
    control_send(launcher, &reply, NULL, 0);
}

/* False where the old groups are not empty after all, and cannot be removed yet. */
static bool replace_groups(struct launcher *launcher, struct slot *slot)
{
    uint32_t number = number_of(launcher, slot);
    if (group_retire(&launcher->cgroups, number, &slot->group) != 0)
        return false;
    int result = slots_make_groups(launcher, number);
    if (result != 0) /* the next SPAWN tries again, and tells */
        report_failure("replace the groups of", "a slot", -result);
    return true;
}

static bool make_ready(struct launcher *launcher, struct slot *slot)
{
    if (!network_clean(&slot->network))
        network_close(&slot->network);
    return !slot->group.spent || replace_groups(launcher, slot);
}

/* False while a process is in one of the groups. */
static bool settle(struct launcher *launcher, struct slot *slot, int64_t now)
{
    uint32_t number = number_of(launcher, slot);
    if (slot->settled)
        return true;
    if (group_empty(&launcher->cgroups, number) != 1) {
        if (now - slot->since > PATIENCE_MICROS)
            group_kill(&launcher->cgroups, number, &slot->group);
        return false;
    }
    group_settle(&launcher->cgroups, number, &slot->group, &slot->counts);
    slot->settled = true;
    if (group_has_residue(&launcher->cgroups, number))
        slot->reclaimer = reclaim_start(launcher, number);
    return true;
}

/* False while memory is being reclaimed. What stays charged even so makes the groups unfit for another tenant. */
static bool reclaim(struct launcher *launcher, struct slot *slot, int64_t now)
{
    if (slot->reclaimer < 0)
        return true;
    if (!reclaim_ended(&slot->reclaimer, now, slot->since + RECLAIM_PATIENCE_MICROS))
        return false;
    if (group_has_residue(&launcher->cgroups, number_of(launcher, slot)))
        slot->group.spent = true;
    return true;
}

/* What keeps the slot from being free; NULL: nothing. */
static const char *proceed(struct launcher *launcher, struct slot *slot, int64_t now)
{
    if (!settle(launcher, slot, now))
        return "processes to leave its groups";
    if (!reclaim(launcher, slot, now))
        return "its memory to be reclaimed";
    if (!slot->reaped)
        return "its zygote to tell how it ended";
    return make_ready(launcher, slot) ? NULL : "its groups to be removed";
}

void release_try(struct launcher *launcher, struct slot *slot, int64_t now)
{
    const char *awaited = proceed(launcher, slot, now);
    if (awaited != NULL) {
        report_delay(launcher, slot, now, awaited);
        look_later(launcher, slot, now);
        return;
    }
    slot->state = SLOT_FREE;
    if (slot->announced)
        tell_exit(launcher, slot, &slot->counts);
}

/* Hybrid: kills the whole sandbox once one of its processes was killed for want of memory. The eventfd tells only that
 * its group, or one above it, ran out; the counter follows a little later. */
static void look_for_oom_kill(struct launcher *launcher, struct slot *slot, int64_t now)
{
    uint32_t number = number_of(launcher, slot);
    if (group_oom_kills(&launcher->cgroups, number, &slot->group) > 0) {
        slot->oom_suspected = false;
        pidfd_send_signal(slot->pidfd, SIGKILL, NULL, 0);
    } else if (now - slot->since > OOM_PATIENCE_MICROS) {
        slot->oom_suspected = false;
    } else {
        slot->due = now + OOM_LOOK_MICROS;
    }
}

static void look(struct launcher *launcher, struct slot *slot, int64_t now)
{
    if (slot->state == SLOT_EMPTYING)
        release_try(launcher, slot, now);
    else if (slot->state == SLOT_RUNNING && slot->oom_suspected)
        look_for_oom_kill(launcher, slot, now);
}

static bool needs_looking(const struct slot *slot)
{
    return slot->state == SLOT_EMPTYING || (slot->state == SLOT_RUNNING && slot->oom_suspected);
}

int64_t slots_due(struct launcher *launcher, int64_t now)
{
    struct slots *slots = &launcher->slots;
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < slots->pending_count;) {
        struct slot *slot = &slots->all[slots->pending[i]];
        if (slot->due <= now)
            look(launcher, slot, now);
        if (!needs_looking(slot)) {
            slot->pending = false;
            slots->pending[i] = slots->pending[--slots->pending_count];
            continue;
        }
        next = slot->due < next ? slot->due : next;
        i++;
    }
    return next;
}

static void remove_slot(struct launcher *launcher, uint32_t number, int64_t deadline)
{
    struct slot *slot = &launcher->slots.all[number];
    int result;
    while ((result = group_remove(&launcher->cgroups, number, &slot->group)) == -EBUSY && now_micros() < deadline)
        usleep(1000);
    if (result != 0)
        report_failure("remove the groups of", "a slot", -result);
}

void slots_remove(struct launcher *launcher)
{
    int64_t deadline = now_micros() + REMOVE_PATIENCE_MICROS;
    for (uint32_t i = 0; i < launcher->slots.count; i++)
        remove_slot(launcher, i, deadline);
}
