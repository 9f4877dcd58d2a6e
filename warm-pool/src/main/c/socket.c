#define _GNU_SOURCE
#include "socket.h"

#include <errno.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "launcher.h"
#include "report.h"

/* Neither bound nor connected: both are the gateway's business, and connecting to a full listener would wait. */
static int make_inside(uint32_t count, int *sockets)
{
    for (uint32_t i = 0; i < count; i++) {
        sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (sockets[i] >= 0)
            continue;
        int error = errno;
        while (i-- > 0)
            close(sockets[i]);
        return -error;
    }
    return 0;
}

static int enter_and_make(struct launcher *launcher, const struct slot *slot, uint32_t count, int *sockets,
                          uint32_t *step)
{
    *step = KILN_STEP_NAMESPACE_ENTER;
    if (setns(slot->network.namespace, CLONE_NEWNET) != 0)
        return -errno;
    *step = KILN_STEP_SOCKET_MAKE;
    int result = make_inside(count, sockets);
    if (setns(launcher->networks.home, CLONE_NEWNET) != 0) {
        report_failure("return to", "the launcher's network namespace", errno);
        _exit(1);
    }
    return result;
}

int socket_make(struct launcher *launcher, const struct kiln_request *request, struct kiln_reply *reply, int *sockets)
{
    uint32_t count = request->socket.count;
    reply->step = KILN_STEP_MESSAGE;
    if (count < 1 || count > KILN_MAX_SOCKETS) {
        reply->result = -EINVAL;
        return 0;
    }
    reply->step = KILN_STEP_SLOT;
    const struct slot *slot = slots_living(launcher, &request->header, &reply->result);
    if (slot == NULL)
        return 0;
    reply->result = enter_and_make(launcher, slot, count, sockets, &reply->step);
    if (reply->result != 0)
        return 0;
    reply->step = KILN_STEP_NONE;
    return (int)count;
}
