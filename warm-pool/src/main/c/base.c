#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "packet.h"
#include "zygote.h"

/* Knows no runtime: each START is answered by the runtime's exit. */
static void refuse(int socket, const struct zygote_request *request)
{
    struct zygote_reply reply = {.operation = ZYGOTE_EXITED,
                                 .runtime = request->runtime,
                                 .generation = request->generation,
                                 .result = 1 << 8};
    if (packet_send(socket, &reply, sizeof reply, NULL, 0) != 0)
        _exit(1);
}

_Noreturn void kiln_base_zygote(int socket)
{
    struct zygote_reply ready = {.operation = ZYGOTE_READY, .runtime = KILN_BASE_ZYGOTE};
    struct zygote_request request;
    struct packet_descriptors received;
    int result = packet_send(socket, &ready, sizeof ready, NULL, 0);
    while (result == 0 || result == -EAGAIN) {
        struct pollfd event = {.fd = socket, .events = POLLIN};
        poll(&event, 1, -1);
        result = packet_receive(socket, &request, sizeof request, &received);
        if (result == 0)
            refuse(socket, &request);
        packet_close(&received);
    }
    _exit(result == -EPIPE ? 0 : 1);
}
