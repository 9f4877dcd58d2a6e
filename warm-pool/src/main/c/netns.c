#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backoff.h"
#include "network.h"
#include "packet.h"
#include "privilege.h"
#include "process.h"
#include "report.h"

#define HELPER_PRIVILEGES (PRIVILEGE(CAP_SYS_ADMIN) | PRIVILEGE(CAP_NET_ADMIN))

#define END_PATIENCE_MICROS 5000000

/* One of these asks for one namespace; the same comes back with its three descriptors. */
struct network_message {
    uint32_t result; /* errno, 0 in a request */
};

enum { HELPER_SOCKET = 3, HELPER_LAUNCHER = 4 };

static int loopback_up(void)
{
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (any < 0)
        return -errno;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int result = ioctl(any, SIOCSIFFLAGS, &request) == 0 ? 0 : -errno;
    close(any);
    return result;
}

static int make_network(struct network *network)
{
    if (unshare(CLONE_NEWNET) != 0)
        return -errno;
    int result = loopback_up();
    if (result != 0)
        return result;
    network->namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    network->sockets = open("/proc/self/net/sockstat", O_RDONLY | O_CLOEXEC);
    network->traffic = open("/proc/self/net/dev", O_RDONLY | O_CLOEXEC);
    return network->namespace < 0 || network->sockets < 0 || network->traffic < 0 ? -errno : 0;
}

static void answer_request(void)
{
    struct network network = NETWORK_NONE;
    struct network_message answer = {.result = (uint32_t)-make_network(&network)};
    int descriptors[] = {network.namespace, network.sockets, network.traffic};
    if (packet_send(HELPER_SOCKET, &answer, sizeof answer, descriptors, answer.result == 0 ? 3 : 0) != 0)
        _exit(1);
    network_close(&network);
}

static int prepare_helper(int socket, int own_pidfd)
{
    int kept[] = {socket, own_pidfd};
    int result = process_keep_descriptors(kept, 2);
    if (result == 0)
        result = privilege_bound(HELPER_PRIVILEGES);
    if (result == 0)
        result = privilege_keep(HELPER_PRIVILEGES);
    if (result == 0)
        result = privilege_lock();
    return result == 0 ? process_die_with(HELPER_LAUNCHER) : result;
}

static _Noreturn void become_helper(int socket, int own_pidfd)
{
    struct network_message request;
    struct packet_descriptors none;
    prctl(PR_SET_NAME, "kiln-networks", 0, 0, 0);
    int result = prepare_helper(socket, own_pidfd);
    if (result != 0) {
        report_failure("prepare", "the helper that makes network namespaces", -result);
        _exit(1);
    }
    for (;;) {
        struct pollfd event = {.fd = HELPER_SOCKET, .events = POLLIN};
        poll(&event, 1, -1);
        if (packet_receive(HELPER_SOCKET, &request, sizeof request, &none) != 0)
            _exit(0);
        answer_request();
    }
}

static int ask(struct networks *networks)
{
    struct network_message request = {0};
    int result = packet_send(networks->socket, &request, sizeof request, NULL, 0);
    if (result == 0)
        networks->asked++;
    return result;
}

/* While none can be made, one at a time is asked for, and only when it is due. */
static int refill(struct networks *networks)
{
    int result = 0;
    while (result == 0 && networks->error == 0 && networks->asked + networks->ready < NETWORKS_AHEAD)
        result = ask(networks);
    return result;
}

int networks_start(struct networks *networks, int own_pidfd)
{
    int ends[2];
    networks->asked = networks->ready = networks->failures = 0;
    networks->error = 0;
    networks->due = INT64_MAX;
    networks->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (networks->home < 0)
        return report_failure("open", "/proc/self/ns/net", errno);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return report_failure("make socket of", "the helper that makes network namespaces", errno);
    pid_t helper = process_clone(0, &networks->helper);
    if (helper < 0)
        return report_failure("clone", "the helper that makes network namespaces", errno);
    if (helper == 0)
        become_helper(ends[1], own_pidfd);
    close(ends[1]);
    networks->socket = ends[0];
    int result = refill(networks);
    return result == 0 ? 0 : report_failure("ask", "the helper that makes network namespaces", -result);
}

/* Of all that were asked for together the first that fails counts. */
static void note_failure(struct networks *networks, int error)
{
    if (networks->due != INT64_MAX)
        return;
    int64_t pause = backoff_next(&networks->failures, 0);
    networks->error = error;
    networks->due = now_micros() + pause;
    report("make a network namespace: %s (%s); trying again in %lld ms", strerrorname_np(error), strerror(error),
           (long long)pause / 1000);
}

static void note_success(struct networks *networks, const struct packet_descriptors *received)
{
    networks->ahead[networks->ready++] = (struct network){
        .namespace = received->values[0], .sockets = received->values[1], .traffic = received->values[2]};
    networks->error = 0;
    networks->failures = 0;
    networks->due = INT64_MAX;
}

int networks_receive(struct networks *networks)
{
    struct network_message answer;
    struct packet_descriptors received;
    int result;
    while ((result = packet_receive(networks->socket, &answer, sizeof answer, &received)) == 0) {
        if (networks->asked-- == 0) {
            packet_close(&received);
            return -EPIPE;
        }
        if (answer.result == 0 && received.count == 3) {
            note_success(networks, &received);
            continue;
        }
        packet_close(&received);
        note_failure(networks, answer.result != 0 ? (int)answer.result : EMFILE); /* EMFILE: they did not all arrive */
    }
    if (result == -EAGAIN)
        result = refill(networks);
    return result == 0 ? 0 : -EPIPE;
}

int64_t networks_due(struct networks *networks, int64_t now)
{
    if (networks->due > now)
        return networks->due;
    networks->due = INT64_MAX;
    ask(networks); /* a failure shows as the helper's death when the socket is next read */
    return INT64_MAX;
}

bool networks_take(struct networks *networks, struct network *network)
{
    if (networks->ready == 0)
        return false;
    *network = networks->ahead[--networks->ready];
    refill(networks); /* a failure shows as the helper's death when the socket is next read */
    return true;
}

void networks_end(struct networks *networks)
{
    int status;
    if (networks->helper < 0)
        return;
    int result = process_end(networks->helper, SIGKILL, END_PATIENCE_MICROS, &status);
    if (result != 0)
        report_failure("end", "the helper that makes network namespaces", -result);
}

static uint64_t count_behind(const char *text, const char *line, const char *key)
{
    const char *at = strstr(text, line);
    const char *end = at == NULL ? NULL : strchrnul(at, '\n');
    const char *found = at == NULL ? NULL : strstr(at, key);
    /* What cannot be found is not clean. */
    return found == NULL || found > end ? UINT64_MAX : strtoull(found + strlen(key), NULL, 10);
}

static bool read_again(int file, char *text, size_t size)
{
    ssize_t length = pread(file, text, size - 1, 0);
    text[length < 0 ? 0 : length] = '\0';
    return length > 0;
}

bool network_clean(const struct network *network)
{
    char sockets[1024], traffic[1024];
    return read_again(network->sockets, sockets, sizeof sockets) && count_behind(sockets, "sockets:", " used ") == 0 &&
           count_behind(sockets, "TCP:", " tw ") == 0 && read_again(network->traffic, traffic, sizeof traffic) &&
           count_behind(traffic, "lo:", "lo:") == 0;
}

void network_close(struct network *network)
{
    if (network->namespace >= 0)
        close(network->namespace);
    if (network->sockets >= 0)
        close(network->sockets);
    if (network->traffic >= 0)
        close(network->traffic);
    *network = NETWORK_NONE;
}
