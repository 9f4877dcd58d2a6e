#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "describe.h"
#include "landlock.h"
#include "launcher.h"
#include "packet.h"
#include "report.h"
#include "socket.h"

/* Requests handled before others get their turn: a flood delays nobody else. */
#define REQUESTS_PER_TURN 64

void control_send(struct launcher *launcher, const struct kiln_reply *reply, const int *descriptors, int count)
{
    if (launcher->ended || (reply->header.sequence == 0 && !launcher->greeted && reply->header.operation != 0))
        return;
    int result = packet_send(launcher->gateway, reply, sizeof *reply, descriptors, count);
    if (result == 0)
        return;
    if (result == -EAGAIN) {
        report("the gateway does not read what it is told: it is taken for dead");
        launcher_end(launcher, 1);
    }
    /* Else it has hung up, which is seen when its socket is read. */
}

/* False: refused, and the gateway may try again; it gets nothing else before. */
static bool greet(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply)
{
    const struct kiln_hello *hello = &request->hello;
    if (launcher->greeted || hello->protocol != KILN_PROTOCOL ||
        memcmp(hello->build, build_digest(), KILN_BUILD_BYTES) != 0) {
        reply->result = -EPROTO;
        reply->step = KILN_STEP_MESSAGE;
        return false;
    }
    reply->welcome = (struct kiln_welcome){
        .slots = launcher->slots.count,
        .first_uid = identity_slot(&launcher->identity, 0),
        .runtimes = launcher->runtimes.count,
        .cgroup_version = launcher->cgroups.version,
        .landlock_abi = (uint32_t)landlock_abi(),
    };
    return true;
}

static void handle_hello(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply)
{
    bool accepted = greet(launcher, request, reply);
    control_send(launcher, reply, NULL, 0);
    if (!accepted)
        return;
    launcher->greeted = true;
    runtimes_announce(launcher);
}

static void handle_socket(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply)
{
    int sockets[KILN_MAX_SOCKETS];
    int count = socket_make(launcher, request, reply, sockets);
    control_send(launcher, reply, sockets, count);
    while (count > 0)
        close(sockets[--count]);
}

static void refuse(struct launcher *launcher, struct kiln_reply *reply, int result)
{
    reply->result = result;
    reply->step = KILN_STEP_MESSAGE;
    control_send(launcher, reply, NULL, 0);
}

/* Each operation answers with step NONE where it succeeds. */
static void send_outcome(struct launcher *launcher, struct kiln_reply *reply)
{
    if (reply->result == 0)
        reply->step = KILN_STEP_NONE;
    control_send(launcher, reply, NULL, 0);
}

static void handle(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply)
{
    switch (request->header.operation) {
    case KILN_SPAWN:
        if (slots_spawn(launcher, request, reply))
            control_send(launcher, reply, NULL, 0);
        return;
    case KILN_ATTACH:
        attach(launcher, request, reply);
        break;
    case KILN_SOCKET:
        handle_socket(launcher, request, reply);
        return;
    case KILN_KILL:
        slots_kill(launcher, request, reply);
        break;
    case KILN_STAT:
        slots_stat(launcher, request, reply);
        break;
    default:
        refuse(launcher, reply, -ENOSYS);
        return;
    }
    send_outcome(launcher, reply);
}

static void handle_packet(struct launcher *launcher, const struct kiln_request *request, int descriptors)
{
    struct kiln_reply reply = {.header = request->header};
    if (descriptors > 0)
        refuse(launcher, &reply, -EBADMSG);
    else if (request->header.operation == KILN_HELLO)
        handle_hello(launcher, request, &reply);
    else if (!launcher->greeted)
        refuse(launcher, &reply, -EPROTO);
    else
        handle(launcher, request, &reply);
}

void control_receive(struct launcher *launcher)
{
    for (int i = 0; i < REQUESTS_PER_TURN && !launcher->ended; i++) {
        struct kiln_request request;
        struct kiln_reply unknown = {.result = 0};
        struct packet_descriptors received;
        int result = packet_receive(launcher->gateway, &request, sizeof request, &received);
        int descriptors = received.count;
        packet_close(&received); /* nothing is ever taken from the gateway */
        if (result == -EAGAIN)
            return;
        if (result == 0)
            handle_packet(launcher, &request, descriptors);
        else if (result == -EBADMSG)
            refuse(launcher, &unknown, -EBADMSG);
        else {
            services_gateway_hung_up(launcher);
            return;
        }
    }
}
