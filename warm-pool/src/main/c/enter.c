#define _GNU_SOURCE
#include "enter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "filter.h"
#include "frames.h"
#include "privilege.h"

#define LAST_DESCRIPTOR UINT32_MAX

static int result_of(long returned)
{
    return returned < 0 ? -errno : 0;
}

/* Its own session: a signal to "my process group" must not find the zygote or a neighbour, and the terminal that
 * Kiln may have been started from is not the sandbox's. */
static int start_session(struct enter *enter)
{
    (void)enter;
    prctl(PR_SET_NAME, "kiln-sandbox", 0, 0, 0);
    return result_of(setsid());
}

/* The v2 group (or the only one) was joined at birth. A single-threaded process that writes 0 to v1's `tasks` moves
 * itself without the wait for a grace period that `cgroup.procs` costs. */
static int join_cgroups(struct enter *enter)
{
    for (int i = SPAWN_TASKS; i < enter->descriptor_count; i++) {
        if (write(enter->descriptors[i], "0", 1) != 1)
            return -errno;
    }
    return 0;
}

/* After the groups are joined: the namespace is rooted where the process is now. With CLONE_NEWCGROUP at birth it
 * would be rooted at the zygote's group. */
static int unshare_cgroup_namespace(struct enter *enter)
{
    (void)enter;
    return result_of(unshare(CLONE_NEWCGROUP));
}

static int join_network(struct enter *enter)
{
    return result_of(setns(enter->descriptors[SPAWN_NETWORK], CLONE_NEWNET));
}

/* The targets of these mounts are directories of a read-only root in which the base zygote found them to be
 * directories and not links. */
static int mount_proc(struct enter *enter)
{
    (void)enter;
    return result_of(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=invisible"));
}

/* All that is left of the files about the whole machine: what programs read to know how much of it there is. */
static const char *const SHOWN[] = {"/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys"};

/* With `subset=pid` the kernel looks up nothing in /proc but processes. What was looked up before it still finds, for as
 * long as it remembers it, and it cannot forget what something is mounted on: so each of these is mounted on itself. */
static int mask_proc(struct enter *enter)
{
    (void)enter;
    for (size_t i = 0; i < sizeof SHOWN / sizeof *SHOWN; i++) {
        if (mount(SHOWN[i], SHOWN[i], NULL, MS_BIND, NULL) != 0)
            return -errno;
    }
    return result_of(mount(NULL, "/proc", NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_NOEXEC,
                           "hidepid=invisible,subset=pid"));
}

/* Executable: clients unpack native libraries there. As large as most functions' is, so that ATTACH need not change it;
 * what is written there counts against the memory limit all the same. */
static int mount_tmp(struct enter *enter)
{
    (void)enter;
    return result_of(mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=512m,nr_inodes=16k,mode=1777"));
}

static int mount_shm(struct enter *enter)
{
    (void)enter;
    return result_of(mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "size=64m,nr_inodes=4k,mode=1777"));
}

static int set_host_name(struct enter *enter)
{
    static const char name[] = "sandbox";
    (void)enter;
    return result_of(sethostname(name, sizeof name - 1));
}

/* Standard input is opened anew: a description shared with the zygote would share its flags among siblings. */
static int declare_descriptors(struct enter *enter)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0)
        return -errno;
    if (dup2(enter->descriptors[SPAWN_STDOUT], STDOUT_FILENO) < 0 ||
        dup2(enter->descriptors[SPAWN_STDERR], STDERR_FILENO) < 0)
        return -errno;
    if (dup3(enter->descriptors[SPAWN_CHANNELS], CHANNELS_DESCRIPTOR, O_CLOEXEC) < 0)
        return -errno;
    if (dup3(enter->descriptors[SPAWN_FRAMES], FRAMES_DESCRIPTOR, O_CLOEXEC) < 0)
        return -errno;
    return result_of(syscall(SYS_close_range, ZYGOTE_FIRST_RECEIVED, LAST_DESCRIPTOR, 0));
}

static int become_user(struct enter *enter)
{
    return privilege_become(enter->request.uid, enter->request.uid, PRIVILEGE_NONE);
}

/* Changing the user has emptied these sets already; that they are empty must not hang on a rule about user ids. */
static int clear_capabilities(struct enter *enter)
{
    (void)enter;
    return privilege_keep(PRIVILEGE_NONE);
}

/* Closes the two directories that the zygote holds open for its rules: the last descriptors that are not declared. */
static int restrict_by_landlock(struct enter *enter)
{
    int result = landlock_restrict(&enter->landlock);
    if (result != 0)
        return result;
    return result_of(syscall(SYS_close_range, CHANNELS_DESCRIPTOR + 1, LAST_DESCRIPTOR, 0));
}

static int install_filter(struct enter *enter)
{
    (void)enter;
    return filter_install_sandbox();
}

/* A change of user makes a process undumpable, and then its own /proc/self belongs to root. */
static int become_dumpable(struct enter *enter)
{
    (void)enter;
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0)
        return -errno;
    sigset_t none;
    sigemptyset(&none);
    return result_of(sigprocmask(SIG_SETMASK, &none, NULL));
}

/* The order is the design; docs/sandbox.md says of each why it stands where it does. */
static const struct {
    enum kiln_step step;
    int (*run)(struct enter *);
} STEPS[] = {
    {KILN_STEP_SESSION, start_session},
    {KILN_STEP_CGROUP_JOIN, join_cgroups},
    {KILN_STEP_CGROUP_NAMESPACE, unshare_cgroup_namespace},
    {KILN_STEP_NETWORK_JOIN, join_network},
    {KILN_STEP_PROC_MOUNT, mount_proc},
    {KILN_STEP_PROC_MASK, mask_proc},
    {KILN_STEP_TMP_MOUNT, mount_tmp},
    {KILN_STEP_SHM_MOUNT, mount_shm},
    {KILN_STEP_HOSTNAME, set_host_name},
    {KILN_STEP_DESCRIPTORS, declare_descriptors},
    {KILN_STEP_CREDENTIALS, become_user},
    {KILN_STEP_CAPABILITIES, clear_capabilities},
    {KILN_STEP_LANDLOCK, restrict_by_landlock},
    {KILN_STEP_SECCOMP, install_filter},
    {KILN_STEP_DUMPABLE, become_dumpable},
};

static uint32_t micros_since(const struct timespec *then, struct timespec *now)
{
    clock_gettime(CLOCK_MONOTONIC, now);
    int64_t nanos = (now->tv_sec - then->tv_sec) * INT64_C(1000000000) + now->tv_nsec - then->tv_nsec;
    return (uint32_t)(nanos / 1000);
}

/* The parent cannot know why a child ended; the child says it itself, to whom it was born for. */
static void report_failure_and_end(int frames, enum kiln_step step, int error)
{
    struct {
        struct frame_header header;
        uint32_t step;
        uint32_t error;
    } failure = {.header = {.length = 8, .type = FRAME_ENTER_FAILED}, .step = step, .error = (uint32_t)error};
    send(frames, &failure, sizeof failure, MSG_NOSIGNAL);
    _exit(1);
}

void enter_sandbox(struct enter *enter)
{
    int frames = enter->descriptors[SPAWN_FRAMES];
    clock_gettime(CLOCK_MONOTONIC, &enter->born);
    struct timespec before = enter->born, now;
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        int result = STEPS[i].run(enter);
        if (result != 0)
            report_failure_and_end(frames, STEPS[i].step, -result);
        if (STEPS[i].step == KILN_STEP_DESCRIPTORS)
            frames = FRAMES_DESCRIPTOR;
        enter->micros[STEPS[i].step] = micros_since(&before, &now);
        before = now;
    }
}

void enter_tell_ready(const struct enter *enter)
{
    struct timespec now;
    struct {
        struct frame_header header;
        uint32_t micros[KILN_STEP_COUNT];
    } ready = {.header = {.length = sizeof ready.micros, .type = FRAME_READY, .micros = micros_since(&enter->born, &now)}};
    memcpy(ready.micros, enter->micros, sizeof ready.micros);
    if (send(FRAMES_DESCRIPTOR, &ready, sizeof ready, MSG_NOSIGNAL) != sizeof ready)
        _exit(1); /* the gateway is gone */
}
