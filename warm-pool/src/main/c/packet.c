#define _GNU_SOURCE
#include "packet.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void collect(struct msghdr *header, struct packet_descriptors *descriptors)
{
    descriptors->count = 0;
    for (struct cmsghdr *control = CMSG_FIRSTHDR(header); control != NULL; control = CMSG_NXTHDR(header, control)) {
        if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
            continue;
        int count = (int)((control->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(descriptors->values, CMSG_DATA(control), (size_t)count * sizeof(int));
        descriptors->count = count;
    }
}

/* A packet of no bytes and the end of the conversation look alike to recvmsg. */
static int nothing_received(int socket)
{
    struct pollfd state = {.fd = socket, .events = POLLRDHUP};
    return poll(&state, 1, 0) > 0 ? -EPIPE : -EBADMSG;
}

int packet_receive(int socket, void *message, size_t size, struct packet_descriptors *descriptors)
{
    /* One rights message at most comes with a packet, and no more of it than fits here: the kernel drops the rest
     * and says MSG_CTRUNC. */
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * PACKET_MAX_DESCRIPTORS)];
    struct iovec bytes = {.iov_base = message, .iov_len = size};
    struct msghdr header = {
        .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    descriptors->count = 0;
    ssize_t received = recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | MSG_TRUNC);
    if (received < 0)
        return errno == ECONNRESET ? -EPIPE : -errno;
    collect(&header, descriptors);
    int result = 0;
    if (received == 0)
        result = nothing_received(socket);
    else if ((size_t)received != size || (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
        result = -EBADMSG;
    if (result != 0)
        packet_close(descriptors);
    return result;
}

int packet_send(int socket, const void *message, size_t size, const int *descriptors, int count)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * PACKET_MAX_DESCRIPTORS)] = {0};
    struct iovec bytes = {.iov_base = (void *)message, .iov_len = size};
    struct msghdr header = {.msg_iov = &bytes, .msg_iovlen = 1};
    if (count > PACKET_MAX_DESCRIPTORS)
        return -EINVAL;
    if (count > 0) {
        header.msg_control = control;
        header.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
        memcpy(CMSG_DATA(rights), descriptors, (size_t)count * sizeof(int));
    }
    return sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void packet_close(struct packet_descriptors *descriptors)
{
    for (int i = 0; i < descriptors->count; i++)
        close(descriptors->values[i]);
    descriptors->count = 0;
}
