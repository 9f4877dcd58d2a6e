/* One message, with descriptors, over a SOCK_SEQPACKET socket. Nothing here waits. */
#ifndef KILN_PACKET_H
#define KILN_PACKET_H

#include <stddef.h>

#define PACKET_MAX_DESCRIPTORS 16

struct packet_descriptors {
    int count;
    int values[PACKET_MAX_DESCRIPTORS];
};

/* Receives a message of exactly `size` bytes. 0; -EAGAIN: none there; -EPIPE: the peer is gone; -EBADMSG: of another
 * size, or with more descriptors than fit (all are closed then, as by packet_close). */
int packet_receive(int socket, void *message, size_t size, struct packet_descriptors *descriptors);

/* 0 or a negative errno; -EAGAIN means that the peer does not read, which every caller takes for its death. */
int packet_send(int socket, const void *message, size_t size, const int *descriptors, int count);

void packet_close(struct packet_descriptors *descriptors);

#endif
