#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "control.h"
#include "describe.h"
#include "doctor.h"
#include "privilege.h"
#include "process.h"
#include "report.h"
#include "view.h"

#define EVENTS_PER_TURN 64

#define KEPT(name) PRIVILEGE(CAP_##name) |
#define LAUNCHER_PRIVILEGES (LAUNCHER_CAPABILITIES(KEPT) PRIVILEGE_NONE)

static struct launcher launcher_state;

int launcher_watch(struct launcher *launcher, int descriptor, enum source source, uint32_t index)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)source << 32 | index};
    if (epoll_ctl(launcher->epoll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        return report_failure("watch", "a descriptor", errno);
    return 0;
}

void launcher_end(struct launcher *launcher, int status)
{
    if (!launcher->ended)
        launcher->exit_status = status;
    launcher->ended = true;
}

static int check_host(struct launcher *launcher)
{
    (void)launcher;
    return doctor_agrees() ? 0 : -ENOTSUP;
}

static int claim_home(struct launcher *launcher)
{
    int result = identity_claim(launcher->options.home, launcher->options.uid_base, &launcher->identity);
    if (result == 0)
        result = identity_directories(&launcher->identity);
    if (result != 0)
        return result;
    if (mkdir(VIEW_STAGE, 0700) != 0 && errno != EEXIST)
        return report_failure("make directory", VIEW_STAGE, errno);
    launcher->state = openat(launcher->identity.home_lock, "state", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return launcher->state < 0 ? report_failure("open the home's directory", "state", errno) : 0;
}

/* Mounts made or undone elsewhere do not come in, and none of ours gets out. */
static int own_mounts(struct launcher *launcher)
{
    if (unshare(CLONE_NEWNS) != 0)
        return report_failure("unshare", "the mount namespace", errno);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return report_failure("make private", "/", errno);
    launcher->own_mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    return launcher->own_mounts < 0 ? report_failure("open", "/proc/self/ns/mnt", errno) : 0;
}

static int make_cgroups(struct launcher *launcher)
{
    struct cgroup_caps caps = {.memory_bytes = launcher->options.memory_bytes, .slots = launcher->slots.count};
    int result = cgroups_detect(&launcher->cgroups);
    if (result == 0)
        result = cleanup_previous(&launcher->identity);
    if (result == 0)
        result = cleanup_record(&launcher->identity, &launcher->cgroups);
    launcher->recorded = result == 0;
    if (caps.memory_bytes == 0)
        caps.memory_bytes = cgroups_memory_available(&launcher->cgroups) / 10 * 8;
    return result == 0 ? cgroups_make(&launcher->cgroups, launcher->identity.name, caps) : result;
}

static int shorten_slices(struct launcher *launcher)
{
    (void)launcher;
    int result = process_shorten_slices();
    if (result != 0)
        report_failure("shorten the time slices of", "Kiln's processes", -result); /* slower, that is all */
    return 0;
}

static int raise_limits(struct launcher *launcher)
{
    struct rlimit limit;
    rlim_t wanted = LAUNCHER_DESCRIPTORS(launcher->slots.count);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return report_failure("read", "the limit of descriptors", errno);
    if (limit.rlim_max < wanted) {
        report("%u slots need %lu descriptors, the hard limit is %lu: raise it (LimitNOFILE=, ulimit -Hn) or give "
               "fewer --slots",
               launcher->slots.count, (unsigned long)wanted, (unsigned long)limit.rlim_max);
        return -EMFILE;
    }
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? 0 : report_failure("raise", "the limit of descriptors", errno);
}

static int make_loop(struct launcher *launcher)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    launcher->own_pidfd = pidfd_open(getpid(), 0);
    launcher->epoll = epoll_create1(EPOLL_CLOEXEC);
    launcher->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (launcher->own_pidfd < 0 || launcher->epoll < 0 || launcher->signals < 0)
        return report_failure("make", "the poll loop", errno);
    return launcher_watch(launcher, launcher->signals, SOURCE_SIGNALS, 0);
}

static int drop_privileges(struct launcher *launcher)
{
    (void)launcher;
    int result = privilege_bound(LAUNCHER_PRIVILEGES);
    if (result == 0)
        result = privilege_keep(LAUNCHER_PRIVILEGES);
    if (result == 0)
        result = privilege_lock();
    return result == 0 ? 0 : report_failure("give up privileges of", "the launcher", -result);
}

static int start_networks(struct launcher *launcher)
{
    int result = networks_start(&launcher->networks, launcher->own_pidfd);
    return result == 0 ? launcher_watch(launcher, launcher->networks.socket, SOURCE_NETWORKS, 0) : result;
}

/* Before anything happens: whatever step fails, the end finds every part in order. */
static int make_parts(struct launcher *launcher)
{
    services_make(&launcher->services);
    launcher->runtimes.base_pidfd = -1;
    launcher->networks.helper = -1;
    launcher->networks.due = INT64_MAX;
    launcher->gateway = -1;
    return slots_make(&launcher->slots, launcher->options.slots);
}

static int start_redis(struct launcher *launcher)
{
    return launcher->options.redis == NULL ? 0 : services_start_redis(launcher);
}

/* The ordered start. Whatever stands above drop_privileges runs with all of root's; what follows and every process
 * that is ever started, with LAUNCHER_PRIVILEGES at most. */
static int (*const start_steps[])(struct launcher *) = {
    make_parts,
    check_host,
    own_mounts, /* before anything is opened of which a mount is to be made: only one's own can be cloned */
    claim_home,
    runtimes_open,
    raise_limits,
    shorten_slices,
    make_cgroups,
    make_loop,
    drop_privileges,
    start_networks,
    runtimes_start,
    start_redis,
    services_start_gateway,
};

static void receive_signals(struct launcher *launcher)
{
    struct signalfd_siginfo signal;
    while (read(launcher->signals, &signal, sizeof signal) == sizeof signal)
        services_drain(launcher);
}

static void receive_networks(struct launcher *launcher)
{
    if (networks_receive(&launcher->networks) != 0) {
        report("the helper that makes network namespaces is gone");
        launcher_end(launcher, 1);
        return;
    }
    slots_networks_changed(launcher);
}

static void dispatch(struct launcher *launcher, enum source source, uint32_t index)
{
    switch (source) {
    case SOURCE_SIGNALS:
        receive_signals(launcher);
        break;
    case SOURCE_GATEWAY:
        control_receive(launcher);
        break;
    case SOURCE_NETWORKS:
        receive_networks(launcher);
        break;
    case SOURCE_BASE_SOCKET:
        runtimes_base_receive(launcher);
        break;
    case SOURCE_BASE_EXIT:
        runtimes_base_exited(launcher);
        break;
    case SOURCE_RUNTIME:
        runtimes_receive(launcher, index);
        break;
    case SOURCE_SERVICE_EXIT:
        services_exited(launcher, (enum service)index);
        break;
    case SOURCE_SLOT_EXIT:
        slots_exited(launcher, index);
        break;
    case SOURCE_SLOT_OOM:
        slots_oom(launcher, index);
        break;
    }
}

/* Does what is due and returns when something is due next. */
static int64_t do_due(struct launcher *launcher)
{
    int64_t now = now_micros();
    int64_t next = slots_due(launcher, now);
    int64_t other = runtimes_due(launcher, now);
    next = other < next ? other : next;
    other = networks_due(&launcher->networks, now);
    next = other < next ? other : next;
    other = services_due(launcher, now);
    return other < next ? other : next;
}

/* In microseconds, not epoll_wait's milliseconds: an emptied slot is looked at again much sooner. */
static int wait_until(struct launcher *launcher, int64_t due, struct epoll_event *events)
{
    int64_t left = due - now_micros();
    left = left < 0 ? 0 : left;
    struct timespec timeout = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
    return epoll_pwait2(launcher->epoll, events, EVENTS_PER_TURN, due == INT64_MAX ? NULL : &timeout, NULL);
}

static void loop(struct launcher *launcher)
{
    struct epoll_event events[EVENTS_PER_TURN];
    while (!launcher->ended) {
        int64_t due = do_due(launcher);
        int count = launcher->ended ? 0 : wait_until(launcher, due, events);
        for (int i = 0; i < count && !launcher->ended; i++)
            dispatch(launcher, (enum source)(events[i].data.u64 >> 32), (uint32_t)events[i].data.u64);
    }
}

/* Also after a start that failed half-way: each part ends what it has begun. */
static void end_everything(struct launcher *launcher)
{
    runtimes_end(launcher);
    services_end(launcher);
    networks_end(&launcher->networks);
    slots_remove(launcher);
    if (cgroups_remove(&launcher->cgroups) == 0 && launcher->recorded)
        cleanup_forget(&launcher->identity);
    identity_release(&launcher->identity);
}

static int run(struct launcher *launcher)
{
    for (size_t i = 0; i < sizeof start_steps / sizeof *start_steps; i++)
        if (start_steps[i](launcher) != 0) {
            launcher_end(launcher, 1);
            break;
        }
    loop(launcher);
    end_everything(launcher);
    return launcher->exit_status;
}

int main(int count, char **arguments)
{
    struct launcher *launcher = &launcher_state;
    umask(022);
    if (count == 2 && strcmp(arguments[1], "--describe") == 0)
        return describe();
    if (count == 2 && strcmp(arguments[1], "--doctor") == 0)
        return doctor();
    if (options_parse(count, arguments, &launcher->options) != 0) {
        options_usage();
        return 2;
    }
    return run(launcher);
}
