#define _GNU_SOURCE
#include "runtimes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backoff.h"
#include "control.h"
#include "launcher.h"
#include "packet.h"
#include "process.h"
#include "report.h"
#include "zygote.h"

#define START_PATIENCE_MICROS 30000000
#define END_PATIENCE_MICROS 10000000
#define BUFFER_BASE_BYTES (256 << 10)
#define BUFFER_SLOT_BYTES (2 << 10) /* a SPAWN with its descriptors, as the kernel counts it */

/* What a child of the launcher holds besides its standard descriptors. */
enum { BASE_SOCKET = ZYGOTE_SOCKET, BASE_LAUNCHER };

static const char *name_of(const struct launcher *launcher, uint32_t runtime)
{
    return launcher->options.runtimes[runtime].name;
}

static void tell(struct launcher *launcher, enum kiln_operation operation, uint32_t runtime, int64_t micros)
{
    struct kiln_reply reply = {
        .header = {.operation = operation},
        .zygote = {.runtime = runtime, .micros = (uint32_t)micros},
    };
    control_send(launcher, &reply, NULL, 0);
}

/* What is checked is where the path leads, link by link, and that is what is opened. */
static int open_root(const struct launcher *launcher, const char *path)
{
    char root[PATH_MAX];
    if (realpath(path, root) == NULL)
        return report_failure("resolve runtime's root", path, errno);
    if (trust_path(root, identity_range(&launcher->identity)) != 0 || trust_tree(root) != 0)
        return -EPERM;
    int opened = open(root, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return opened < 0 ? report_failure("open runtime's root", root, errno) : opened;
}

int runtimes_open(struct launcher *launcher)
{
    struct runtimes *runtimes = &launcher->runtimes;
    *runtimes = (struct runtimes){.count = launcher->options.runtime_count, .base_pidfd = -1};
    runtimes->base.socket = -1;
    for (uint32_t i = 0; i < runtimes->count; i++) {
        runtimes->zygotes[i] = (struct zygote){.socket = -1, .due = INT64_MAX};
        runtimes->roots[i] = open_root(launcher, launcher->options.runtimes[i].root);
        if (runtimes->roots[i] < 0)
            return -EPERM;
    }
    return 0;
}

static void close_zygote(struct launcher *launcher, struct zygote *zygote)
{
    if (zygote->socket >= 0) {
        epoll_ctl(launcher->epoll, EPOLL_CTL_DEL, zygote->socket, NULL);
        close(zygote->socket);
        zygote->socket = -1;
    }
}

/* Makes the two ends; ours holds as many requests as there are slots. */
static int make_sockets(struct launcher *launcher, struct zygote *zygote, int *theirs)
{
    int ends[2];
    int bytes = BUFFER_BASE_BYTES + (int)launcher->slots.count * BUFFER_SLOT_BYTES;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return report_failure("make socket of", "a zygote", errno);
    zygote->socket = ends[0];
    *theirs = ends[1];
    if (setsockopt(ends[0], SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) != 0)
        return report_failure("size buffer of", "a zygote's socket", errno);
    return 0;
}

static _Noreturn void become_base(const struct launcher *launcher, int socket)
{
    int kept[] = {socket, launcher->own_pidfd};
    report_as("base zygote");
    int result = process_keep_descriptors(kept, 2);
    if (result == 0)
        result = process_die_with(BASE_LAUNCHER);
    if (result != 0) {
        report_failure("prepare", "the base zygote", -result);
        _exit(1);
    }
    close(BASE_LAUNCHER);
    kiln_base_zygote();
}

static int clone_base(struct launcher *launcher, int socket)
{
    struct runtimes *runtimes = &launcher->runtimes;
    pid_t base = process_clone(CLONE_NEWPID, &runtimes->base_pidfd);
    if (base < 0)
        return report_failure("clone", "the base zygote", errno);
    if (base == 0)
        become_base(launcher, socket);
    int result = launcher_watch(launcher, runtimes->base_pidfd, SOURCE_BASE_EXIT, 0);
    return result == 0 ? launcher_watch(launcher, runtimes->base.socket, SOURCE_BASE_SOCKET, 0) : result;
}

int runtimes_start(struct launcher *launcher)
{
    struct zygote *base = &launcher->runtimes.base;
    int theirs = -1;
    int result = make_sockets(launcher, base, &theirs);
    if (result == 0)
        result = clone_base(launcher, theirs);
    if (theirs >= 0)
        close(theirs);
    base->state = ZYGOTE_IS_STARTING;
    base->started_at = now_micros();
    base->due = base->started_at + START_PATIENCE_MICROS;
    return result;
}

static int ask_base(struct launcher *launcher, uint32_t runtime, int socket)
{
    struct zygote_request request = {
        .operation = ZYGOTE_START, .runtime = runtime, .generation = launcher->runtimes.zygotes[runtime].life};
    int descriptors[] = {socket, launcher->runtimes.roots[runtime], STDERR_FILENO};
    return packet_send(launcher->runtimes.base.socket, &request, sizeof request, descriptors, 3);
}

static void start_runtime(struct launcher *launcher, uint32_t runtime)
{
    struct zygote *zygote = &launcher->runtimes.zygotes[runtime];
    int theirs = -1;
    zygote->state = ZYGOTE_IS_STARTING;
    zygote->life++;
    zygote->started_at = now_micros();
    zygote->due = zygote->started_at + START_PATIENCE_MICROS;
    int result = make_sockets(launcher, zygote, &theirs);
    if (result == 0)
        result = ask_base(launcher, runtime, theirs);
    if (result == 0)
        result = launcher_watch(launcher, zygote->socket, SOURCE_RUNTIME, runtime);
    if (theirs >= 0)
        close(theirs);
    if (result != 0) {
        report_failure("start the zygote of", name_of(launcher, runtime), -result);
        close_zygote(launcher, zygote);
        zygote->state = ZYGOTE_IS_DOWN;
        zygote->due = now_micros() + backoff_next(&zygote->failures, 0);
    }
}

static void runtime_down(struct launcher *launcher, uint32_t runtime)
{
    struct zygote *zygote = &launcher->runtimes.zygotes[runtime];
    if (zygote->state == ZYGOTE_IS_DOWN)
        return;
    bool served = zygote->state == ZYGOTE_IS_UP;
    int64_t now = now_micros();
    close_zygote(launcher, zygote);
    zygote->state = ZYGOTE_IS_DOWN;
    zygote->due = now + backoff_next(&zygote->failures, now - zygote->started_at);
    report("the zygote of %s is gone", name_of(launcher, runtime));
    if (served)
        tell(launcher, KILN_ZYGOTE_DOWN, runtime, 0);
    slots_zygote_gone(launcher, runtime);
}

bool runtimes_up(const struct launcher *launcher, uint32_t runtime)
{
    return launcher->runtimes.zygotes[runtime].state == ZYGOTE_IS_UP;
}

int runtimes_spawn(struct launcher *launcher, const struct zygote_request *request, const int *descriptors, int count)
{
    if (!runtimes_up(launcher, request->runtime))
        return -EAGAIN;
    int result = packet_send(launcher->runtimes.zygotes[request->runtime].socket, request, sizeof *request,
                             descriptors, count);
    if (result != 0)
        runtime_down(launcher, request->runtime);
    return result;
}

static void zygote_ready(struct launcher *launcher, uint32_t runtime, const struct zygote_reply *reply)
{
    static const char *const steps[] = {
#define STEP_TEXT(name, text) text,
        KILN_STEPS(STEP_TEXT)};
    struct zygote *zygote = &launcher->runtimes.zygotes[runtime];
    if (reply->result != 0) {
        report("the zygote of %s: %s: %s", name_of(launcher, runtime),
               reply->step < KILN_STEP_COUNT ? steps[reply->step] : "unknown step", strerror(-reply->result));
        runtime_down(launcher, runtime);
        return;
    }
    zygote->state = ZYGOTE_IS_UP;
    zygote->due = INT64_MAX;
    tell(launcher, KILN_ZYGOTE_UP, runtime, now_micros() - zygote->started_at);
}

void runtimes_receive(struct launcher *launcher, uint32_t runtime)
{
    struct zygote *zygote = &launcher->runtimes.zygotes[runtime];
    struct zygote_reply reply;
    struct packet_descriptors received;
    int result = -EPIPE;
    while (zygote->socket >= 0 &&
           (result = packet_receive(zygote->socket, &reply, sizeof reply, &received)) == 0) {
        if (reply.operation == ZYGOTE_SPAWNED && received.count <= 1) {
            slots_spawned(launcher, &reply, received.count == 1 ? received.values[0] : -1);
            continue;
        }
        packet_close(&received);
        if (reply.operation == ZYGOTE_READY)
            zygote_ready(launcher, runtime, &reply);
        else if (reply.operation == ZYGOTE_EXITED)
            slots_reaped(launcher, &reply);
    }
    if (result != -EAGAIN)
        runtime_down(launcher, runtime);
}

static void base_ready(struct launcher *launcher, const struct zygote_reply *reply)
{
    struct zygote *base = &launcher->runtimes.base;
    if (reply->result != 0) {
        report_failure("start", "the base zygote", -reply->result);
        return; /* it ends, which is seen */
    }
    base->state = ZYGOTE_IS_UP;
    base->due = INT64_MAX;
    tell(launcher, KILN_ZYGOTE_UP, KILN_BASE_ZYGOTE, now_micros() - base->started_at);
    for (uint32_t i = 0; i < launcher->runtimes.count; i++)
        start_runtime(launcher, i);
}

static void runtime_reaped(struct launcher *launcher, const struct zygote_reply *reply)
{
    if (reply->runtime >= launcher->runtimes.count)
        return;
    if (launcher->runtimes.zygotes[reply->runtime].life == reply->generation)
        runtime_down(launcher, reply->runtime);
}

void runtimes_base_receive(struct launcher *launcher)
{
    struct zygote *base = &launcher->runtimes.base;
    struct zygote_reply reply;
    struct packet_descriptors received;
    int result;
    while ((result = packet_receive(base->socket, &reply, sizeof reply, &received)) == 0) {
        packet_close(&received);
        if (reply.operation == ZYGOTE_READY)
            base_ready(launcher, &reply);
        else if (reply.operation == ZYGOTE_EXITED)
            runtime_reaped(launcher, &reply);
    }
    if (result != -EAGAIN) /* its exit follows; if it does not, it is of no use */
        pidfd_send_signal(launcher->runtimes.base_pidfd, SIGKILL, NULL, 0);
    if (result != -EAGAIN)
        close_zygote(launcher, base);
}

void runtimes_base_exited(struct launcher *launcher)
{
    struct runtimes *runtimes = &launcher->runtimes;
    int status = 0;
    if (process_reap(runtimes->base_pidfd, &status) != 1)
        return;
    report("the base zygote is gone (%s %d), and every sandbox with it", WIFSIGNALED(status) ? "signal" : "status",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    epoll_ctl(launcher->epoll, EPOLL_CTL_DEL, runtimes->base_pidfd, NULL);
    close(runtimes->base_pidfd);
    runtimes->base_pidfd = -1;
    close_zygote(launcher, &runtimes->base);
    tell(launcher, KILN_ZYGOTE_DOWN, KILN_BASE_ZYGOTE, 0);
    for (uint32_t i = 0; i < runtimes->count; i++) {
        runtime_down(launcher, i);
        runtimes->zygotes[i].due = INT64_MAX; /* the new base starts them */
    }
    int64_t now = now_micros();
    runtimes->base.state = ZYGOTE_IS_DOWN;
    runtimes->base.due = now + backoff_next(&runtimes->base.failures, now - runtimes->base.started_at);
}

void runtimes_announce(struct launcher *launcher)
{
    const struct runtimes *runtimes = &launcher->runtimes;
    if (runtimes->base.state == ZYGOTE_IS_UP)
        tell(launcher, KILN_ZYGOTE_UP, KILN_BASE_ZYGOTE, 0);
    for (uint32_t i = 0; i < runtimes->count; i++)
        if (runtimes->zygotes[i].state == ZYGOTE_IS_UP)
            tell(launcher, KILN_ZYGOTE_UP, i, 0);
}

static void base_due(struct launcher *launcher)
{
    struct runtimes *runtimes = &launcher->runtimes;
    if (runtimes->base.state == ZYGOTE_IS_DOWN) {
        if (runtimes_start(launcher) != 0)
            launcher_end(launcher, 1);
        return;
    }
    report("the base zygote does not start");
    runtimes->base.due = INT64_MAX;
    pidfd_send_signal(runtimes->base_pidfd, SIGKILL, NULL, 0);
}

static void runtime_due(struct launcher *launcher, uint32_t runtime)
{
    if (launcher->runtimes.zygotes[runtime].state == ZYGOTE_IS_DOWN) {
        start_runtime(launcher, runtime);
        return;
    }
    report("the zygote of %s does not start", name_of(launcher, runtime));
    runtime_down(launcher, runtime);
}

int64_t runtimes_due(struct launcher *launcher, int64_t now)
{
    struct runtimes *runtimes = &launcher->runtimes;
    if (runtimes->base.due <= now)
        base_due(launcher);
    int64_t next = runtimes->base.due;
    for (uint32_t i = 0; i < runtimes->count; i++) {
        if (runtimes->zygotes[i].due <= now)
            runtime_due(launcher, i);
        next = runtimes->zygotes[i].due < next ? runtimes->zygotes[i].due : next;
    }
    return next;
}

void runtimes_end(struct launcher *launcher)
{
    struct runtimes *runtimes = &launcher->runtimes;
    int status;
    if (runtimes->base_pidfd >= 0) {
        int result = process_end(runtimes->base_pidfd, SIGKILL, END_PATIENCE_MICROS, &status);
        if (result != 0)
            report_failure("end", "the base zygote", -result);
        epoll_ctl(launcher->epoll, EPOLL_CTL_DEL, runtimes->base_pidfd, NULL);
        close(runtimes->base_pidfd);
        runtimes->base_pidfd = -1;
        close_zygote(launcher, &runtimes->base);
    }
    runtimes->base = (struct zygote){.socket = -1, .due = INT64_MAX};
    for (uint32_t i = 0; i < runtimes->count; i++) {
        close_zygote(launcher, &runtimes->zygotes[i]);
        runtimes->zygotes[i] = (struct zygote){.socket = -1, .due = INT64_MAX};
    }
}
