/*
 * What one who has taken over the gateway would try on the host. Run under the gateway's uid, beneath the launcher;
 * prints "<attempt> <errno>" for each, ALLOWED where nothing refused it.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEPER 1

static void told(const char *attempt, long result)
{
    printf("%s %s\n", attempt, result >= 0 ? "ALLOWED" : strerrorname_np(errno));
}

static void opened(const char *attempt, const char *path, int flags)
{
    int file = open(path, flags | O_CLOEXEC, 0600);
    told(attempt, file);
    if (file >= 0)
        close(file);
}

/* Opening a control group's file for writing and writing to it are two permissions. */
static void written(const char *attempt, const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    told(attempt, file < 0 ? -1 : write(file, text, strlen(text)));
    if (file >= 0)
        close(file);
}

static void try_files(void)
{
    opened("read-shadow", "/etc/shadow", O_RDONLY);
    opened("read-root-home", "/root/.profile", O_RDONLY);
    opened("read-host-run", "/run", O_RDONLY);
    opened("read-host-var", "/var", O_RDONLY);
    opened("read-host-sys", "/sys", O_RDONLY);
    opened("read-redis-data", "/kiln/redis", O_RDONLY);
    opened("create-in-root", "/intruder", O_WRONLY | O_CREAT);
    opened("create-in-usr", "/usr/intruder", O_WRONLY | O_CREAT);
    opened("create-in-run", "/kiln/run/intruder", O_WRONLY | O_CREAT);
    opened("open-memory", "/dev/mem", O_RDONLY);
    opened("read-kernel-memory", "/proc/kcore", O_RDONLY);
    opened("write-core-pattern", "/proc/sys/kernel/core_pattern", O_WRONLY);
    opened("write-modprobe", "/proc/sys/kernel/modprobe", O_WRONLY);
    opened("write-sysrq", "/proc/sysrq-trigger", O_WRONLY);
    told("make-device", mknod("/tmp/device", S_IFBLK | 0600, 0x0100));
    told("hard-link-of-root-file", link("/usr/bin/env", "/kiln/state/env"));
    told("open-by-handle", syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0));
}

static void try_processes(void)
{
    char memory[8];
    struct iovec local = {memory, sizeof memory}, remote = {(void *)0x10000, sizeof memory};
    told("kill-keeper", kill(KEEPER, SIGKILL));
    told("trace-keeper", ptrace(PTRACE_ATTACH, KEEPER, NULL, NULL));
    told("read-keeper-memory", process_vm_readv(KEEPER, &local, 1, &remote, 1, 0));
    told("take-keeper-descriptor", syscall(SYS_pidfd_getfd, pidfd_open(KEEPER, 0), 0, 0));
    opened("read-keeper-environment", "/proc/1/environ", O_RDONLY);
    opened("read-keeper-root", "/proc/1/root/", O_RDONLY);
    opened("read-keeper-descriptors", "/proc/1/fd", O_RDONLY);
    opened("open-keeper-namespace", "/proc/1/ns/mnt", O_RDONLY);
}

static void try_mounts(void)
{
    told("mount", mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
    told("remount", mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL));
    told("unmount", umount2("/kiln/state", MNT_DETACH));
    told("clone-mount", syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE));
    told("move-mount", syscall(SYS_move_mount, AT_FDCWD, "/tmp", AT_FDCWD, "/kiln/run", 0));
    told("open-file-system", syscall(SYS_fsopen, "tmpfs", 0));
    told("pivot-root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
    told("change-root", chroot("/tmp"));
}

static void clone_with(const char *attempt, long flags)
{
    long child = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0)
        _exit(0);
    told(attempt, child);
    if (child > 0)
        waitpid((pid_t)child, NULL, 0);
}

static void try_namespaces(void)
{
    struct clone_args arguments = {.exit_signal = SIGCHLD};
    told("unshare-user", unshare(CLONE_NEWUSER));
    told("unshare-mount", unshare(CLONE_NEWNS));
    told("unshare-network", unshare(CLONE_NEWNET));
    clone_with("clone-user", CLONE_NEWUSER);
    clone_with("clone-user-and-pid", CLONE_NEWUSER | CLONE_NEWPID);
    told("clone3", syscall(SYS_clone3, &arguments, sizeof arguments));
    told("enter-own-namespace", setns(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), 0));
    told("enter-keeper-by-pidfd", setns(pidfd_open(KEEPER, 0), CLONE_NEWNS));
}

static void try_identity(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct all[2] = {{~0U, ~0U, 0}, {~0U, ~0U, 0}};
    gid_t root = 0;
    told("become-root", setresuid(0, 0, 0));
    told("become-root-group", setresgid(0, 0, 0));
    told("join-root-group", setgroups(1, &root));
    told("gain-capabilities", syscall(SYS_capset, &header, all));
    told("raise-ambient", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0));
    told("unset-no-new-privs", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

static void try_kernel(void)
{
    struct perf_event_attr event = {.size = sizeof event};
    union bpf_attr program = {0};
    told("bpf", syscall(SYS_bpf, BPF_MAP_CREATE, &program, sizeof program));
    told("perf", syscall(SYS_perf_event_open, &event, 0, -1, -1, 0));
    told("userfaultfd", syscall(SYS_userfaultfd, 0));
    told("io-uring", syscall(SYS_io_uring_setup, 1, NULL));
    told("keyring", syscall(SYS_keyctl, 0, 0, 0, 0, 0));
    told("load-module", syscall(SYS_init_module, NULL, 0, ""));
    told("kernel-log", syscall(SYS_syslog, 3, NULL, 0));
    told("reboot", syscall(SYS_reboot, 0, 0, 0, NULL));
    told("set-time", syscall(SYS_settimeofday, NULL, NULL));
    told("packet-socket", socket(AF_PACKET, SOCK_RAW, 0));
    told("raw-socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

/* `top` is Kiln's top group in some hierarchy, `limit` a file in it that caps all slots. */
static void try_control_groups(const char *top, const char *limit)
{
    char path[512], other[512];
    snprintf(path, sizeof path, "%s/%s", top, limit);
    written("raise-node-cap", path, "max");
    told("own-node-cap", chown(path, getuid(), (gid_t)-1));
    snprintf(path, sizeof path, "%s/cgroup.procs", top);
    written("join-top-group", path, "0");
    snprintf(path, sizeof path, "%s/slot-0/cgroup.procs", top);
    written("join-slot-group", path, "0");
    snprintf(path, sizeof path, "%s/intruder", top);
    told("make-group", mkdir(path, 0755));
    snprintf(path, sizeof path, "%s/slot-0/intruder", top);
    told("make-group-in-slot", mkdir(path, 0755));
    snprintf(path, sizeof path, "%s/slot-0", top);
    snprintf(other, sizeof other, "%s/slot-9", top);
    told("rename-group", rename(path, other));
    told("remove-group", rmdir(path));
    snprintf(path, sizeof path, "%s/../cgroup.procs", top);
    opened("leave-mounted-group", path, O_WRONLY);
}

/* How many processes of other users are in sight, the keeper aside. */
static void count_foreign_processes(void)
{
    DIR *processes = opendir("/proc");
    int foreign = 0;
    struct stat state;
    for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
        if (!isdigit((unsigned char)entry->d_name[0]) || atoi(entry->d_name) == KEEPER)
            continue;
        if (fstatat(dirfd(processes), entry->d_name, &state, 0) == 0 && state.st_uid != getuid())
            foreign++;
    }
    printf("foreign-processes %d\n", foreign);
}

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    try_files();
    try_processes();
    try_mounts();
    try_namespaces();
    try_identity();
    try_kernel();
    try_control_groups(arguments[1], arguments[2]);
    count_foreign_processes();
    return 0;
}
