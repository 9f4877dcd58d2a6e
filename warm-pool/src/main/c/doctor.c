#define _GNU_SOURCE
#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "files.h"
#include "identity.h"
#include "landlock.h"
#include "launcher.h"
#include "privilege.h"
#include "report.h"

#define DETAIL_BYTES 400
#define WANTED_DESCRIPTORS LAUNCHER_DESCRIPTORS(OPTIONS_DEFAULT_SLOTS)
#define NAMESPACES \
    (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP)

enum state { OK, DEGRADED, MISSING };

static const char *const state_names[] = {"ok", "degraded", "missing"};

struct finding {
    enum state state;
    char detail[DETAIL_BYTES];
};

static void found(struct finding *finding, enum state state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void found(struct finding *finding, enum state state, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding->detail, sizeof finding->detail, format, arguments);
    va_end(arguments);
    finding->state = state;
}

static void examine_user(struct finding *finding)
{
    if (geteuid() == 0)
        found(finding, OK, "root");
    else
        found(finding, MISSING, "the launcher must be started as root: use sudo, or a service of root's");
}

/* The youngest of what is used without alternative: cgroup.kill, 5.14. */
static void examine_kernel(struct finding *finding)
{
    struct utsname name;
    unsigned major = 0, minor = 0;
    if (uname(&name) != 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2)
        found(finding, DEGRADED, "its version is not known");
    else if (major < 5 || (major == 5 && minor < 14))
        found(finding, MISSING, "%s is too old: 5.14 or newer is needed", name.release);
    else
        found(finding, OK, "%s", name.release);
}

static void examine_capabilities(struct finding *finding)
{
    static const struct {
        int number;
        const char *name;
    } needed[] = {
#define NEEDED(name) {CAP_##name, #name},
        LAUNCHER_CAPABILITIES(NEEDED)};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (prctl(PR_CAPBSET_READ, needed[i].number, 0, 0, 0) != 1) {
            found(finding, MISSING, "%s is not in the bounding set: a container needs --privileged", needed[i].name);
            return;
        }
    found(finding, OK, "all that the launcher needs");
}

static void examine_namespaces(struct finding *finding)
{
    pid_t child = fork();
    if (child == 0)
        _exit(unshare(NAMESPACES) == 0 ? 0 : errno);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        found(finding, MISSING, "cannot be tried");
    else if (WEXITSTATUS(status) != 0)
        found(finding, MISSING, "unshare: %s", strerror(WEXITSTATUS(status)));
    else
        found(finding, OK, "mount, PID, IPC, UTS, network and cgroup");
}

static void examine_cgroups(struct finding *finding)
{
    static struct cgroups cgroups;
    const char *reason = NULL;
    if (cgroups_find(&cgroups, &reason) != 0) {
        found(finding, MISSING, "%s", reason);
        return;
    }
    for (int i = 0; i < cgroups_used(&cgroups); i++)
        if (access(cgroups.own[i], W_OK) != 0) {
            found(finding, MISSING, "%.200s is not writable: %s", cgroups.own[i], strerror(errno));
            return;
        }
    found(finding, OK, "%s", cgroups.version == 2 ? "v2" : "hybrid: limits by v1, birth and freezing by v2");
}

static void examine_swap(struct finding *finding)
{
    uint64_t total = 0;
    static struct cgroups cgroups;
    const char *reason = NULL;
    if (file_read_key(AT_FDCWD, "/proc/meminfo", "SwapTotal:", &total) != 0 || total == 0) {
        found(finding, OK, "none");
        return;
    }
    char path[PATH_MAX + 64];
    if (cgroups_find(&cgroups, &reason) == 0 && cgroups.version == 1) {
        snprintf(path, sizeof path, "%s/memory.memsw.limit_in_bytes", cgroups.own[HIERARCHY_MEMORY]);
        if (access(path, F_OK) != 0) {
            found(finding, DEGRADED, "not accounted: a function can use it beyond its memory limit; boot with "
                                     "swapaccount=1");
            return;
        }
    }
    found(finding, OK, "accounted; functions get none");
}

static void examine_favordynmods(struct finding *finding)
{
    FILE *mounts = fopen("/proc/self/mounts", "re");
    char line[1024];
    bool favoured = false;
    while (mounts != NULL && fgets(line, sizeof line, mounts) != NULL)
        favoured = favoured || (strstr(line, " cgroup2 ") != NULL && strstr(line, "favordynmods") != NULL);
    if (mounts != NULL)
        fclose(mounts);
    if (favoured)
        found(finding, OK, "on");
    else
        found(finding, DEGRADED, "off: starts that need a new group can take 10 ms longer (kernel 6.0 and newer); "
                                 "mount -o remount,favordynmods on the cgroup2 mount");
}

static void examine_landlock(struct finding *finding)
{
    int abi = landlock_abi();
    if (abi == 0)
        found(finding, DEGRADED, "off: one of several walls is missing; boot with lsm=landlock,... (now: see "
                                 "/sys/kernel/security/lsm)");
    else if (abi < 2)
        found(finding, DEGRADED, "ABI %d: functions cannot move files between directories; kernel 5.19 has ABI 2", abi);
    else if (abi < 6)
        found(finding, OK, "ABI %d: files; signals and abstract sockets are shut off by namespaces alone", abi);
    else
        found(finding, OK, "ABI %d: files, signals and abstract sockets", abi);
}

static void examine_seccomp(struct finding *finding)
{
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
        found(finding, MISSING, "the kernel was built without it");
    else
        found(finding, OK, "filters");
}

static void examine_security_module(struct finding *finding)
{
    char text[8];
    if (access("/sys/fs/selinux/enforce", F_OK) == 0)
        found(finding, OK, "SELinux");
    else if (file_read(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", text, sizeof text) > 0 && text[0] == 'Y')
        found(finding, OK, "AppArmor");
    else
        found(finding, DEGRADED, "neither SELinux nor AppArmor: namespaces, seccomp and Landlock stand alone");
}

static void examine_core_pattern(struct finding *finding)
{
    char pattern[256] = "";
    if (file_read(AT_FDCWD, "/proc/sys/kernel/core_pattern", pattern, sizeof pattern) < 0)
        found(finding, MISSING, "cannot be read");
    else if (pattern[0] == '@')
        found(finding, MISSING, "a socket takes core dumps whatever a process' limit is: set kernel.core_pattern to a "
                                "file's name or a pipe");
    else
        found(finding, OK, "%s", pattern[0] == '|' ? "a pipe, which a limit of 1 byte keeps shut" : "a file");
    finding->detail[strcspn(finding->detail, "\n")] = '\0';
}

static void examine_descriptors(struct finding *finding)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < WANTED_DESCRIPTORS)
        found(finding, MISSING, "hard limit %lu: raise it to %lu (LimitNOFILE=, ulimit -Hn)",
              (unsigned long)limit.rlim_max, WANTED_DESCRIPTORS);
    else
        found(finding, OK, "hard limit %lu", (unsigned long)limit.rlim_max);
}

/* Ranges given to users' containers: "name:first:count". */
static void examine_user_ids(struct finding *finding)
{
    FILE *ranges = fopen("/etc/subuid", "re");
    char line[512];
    unsigned long first, count;
    unsigned long lowest = IDENTITY_LOWEST_BASE, highest = lowest + (unsigned long)IDENTITY_BASES * IDENTITY_RANGE;
    found(finding, OK, "%lu to %lu", lowest, highest - 1);
    while (ranges != NULL && fgets(line, sizeof line, ranges) != NULL)
        if (sscanf(line, "%*[^:]:%lu:%lu", &first, &count) == 2 && first < highest && first + count > lowest)
            found(finding, DEGRADED, "%lu to %lu are given to containers in /etc/subuid: choose a free range by "
                                     "--uid-base", first, first + count - 1);
    if (ranges != NULL)
        fclose(ranges);
}

static void examine_user_namespaces(struct finding *finding)
{
    uint64_t most = 0;
    if (file_read_number(AT_FDCWD, "/proc/sys/user/max_user_namespaces", &most) == 0 && most > 0)
        found(finding, OK, "allowed on this host; not used by Kiln, and refused to functions");
    else
        found(finding, OK, "not allowed on this host; not used by Kiln");
}

static void examine_nftables(struct finding *finding)
{
    int netfilter = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    if (netfilter >= 0)
        found(finding, OK, "there; not needed while functions have no network but their own loopback");
    else
        found(finding, DEGRADED, "not there: functions cannot be given an outbound network");
    if (netfilter >= 0)
        close(netfilter);
}

static const struct {
    const char *name;
    void (*examine)(struct finding *finding);
} examinations[] = {
    {"user", examine_user},
    {"kernel", examine_kernel},
    {"capabilities", examine_capabilities},
    {"namespaces", examine_namespaces},
    {"cgroups", examine_cgroups},
    {"swap", examine_swap},
    {"favordynmods", examine_favordynmods},
    {"seccomp", examine_seccomp},
    {"landlock", examine_landlock},
    {"security-module", examine_security_module},
    {"core-pattern", examine_core_pattern},
    {"descriptors", examine_descriptors},
    {"user-ids", examine_user_ids},
    {"user-namespaces", examine_user_namespaces},
    {"nftables", examine_nftables},
};

int doctor(void)
{
    int result = 0;
    for (size_t i = 0; i < sizeof examinations / sizeof *examinations; i++) {
        struct finding finding = {.state = OK};
        examinations[i].examine(&finding);
        printf("%s %s %s\n", examinations[i].name, state_names[finding.state], finding.detail);
        result = finding.state == MISSING ? 1 : result;
    }
    return fflush(stdout) == 0 ? result : 1;
}

bool doctor_agrees(void)
{
    bool agrees = true;
    for (size_t i = 0; i < sizeof examinations / sizeof *examinations; i++) {
        struct finding finding = {.state = OK};
        examinations[i].examine(&finding);
        if (finding.state == OK)
            continue;
        report("host: %s %s: %s", examinations[i].name, state_names[finding.state], finding.detail);
        agrees = agrees && finding.state != MISSING;
    }
    return agrees;
}
