"""A function that tries to get out of its sandbox. The event names one attempt; the answer is what came of it: an
errno's name, the signal that ended it, "done", or what it saw."""

import ctypes
import errno
import glob
import mmap
import os
import platform
import random
import resource
import secrets
import signal
import socket
import ssl
import stat
import uuid

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"

# System calls by number: x86-64's where it differs from the generic table that aarch64 uses.
NUMBERS = {
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "clone": (56, 220), "clone3": (435, 435), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsmount": (432, 432), "mount_setattr": (442, 442), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "kexec_load": (246, 104), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "pidfd_getfd": (438, 438), "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264), "seccomp": (317, 277), "prctl": (157, 167), "personality": (135, 92),
    "syslog": (103, 116), "reboot": (169, 142), "swapon": (167, 224), "settimeofday": (164, 170),
    "sethostname": (170, 161), "fanotify_init": (300, 262), "quotactl": (179, 60), "acct": (163, 89),
    "ioctl": (16, 29), "kcmp": (312, 272), "mq_open": (240, 180), "iopl": (172, 1000),
    "inotify_add_watch": (254, 27), "fcntl": (72, 25),
}

CLONE_NEWNET, CLONE_NEWUSER, CLONE_NEWNS, SIGCHLD = 0x40000000, 0x10000000, 0x00020000, 17
MS_REMOUNT, MS_BIND = 32, 4096
SECCOMP_SET_MODE_FILTER, PR_SET_SECCOMP, PR_SET_MM = 1, 22, 35
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
F_SETLEASE, F_NOTIFY = 1024, 1026


def call(name, *arguments):
    number = NUMBERS[name][0 if X86 else 1]
    ctypes.set_errno(0)
    plain = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = LIBC.syscall(ctypes.c_long(number), *plain)
    return "done" if result >= 0 else errno.errorcode[ctypes.get_errno()]


def outcome(action, *arguments):
    try:
        result = action(*arguments)
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    return "done" if result is None else result


def open_and_close(path, flags=os.O_RDONLY):
    os.close(os.open(path, flags))


def control(path, command, argument):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return call("fcntl", descriptor, command, argument)
    finally:
        os.close(descriptor)


def status(field):
    with open("/proc/self/status", encoding="ascii") as file:
        return next(line.split(":")[1].strip() for line in file if line.startswith(field + ":"))


def new_socket(family, kind, protocol=0):
    socket.socket(family, kind, protocol).close()


def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.settimeout(2)
        tried.connect(address)


def in_child(action):
    """The signal that a child of ours dies of, or its exit status."""
    pid = os.fork()
    if pid == 0:
        action()
        os._exit(0)
    ended = os.waitpid(pid, 0)[1]
    return signal.Signals(os.WTERMSIG(ended)).name if os.WIFSIGNALED(ended) else f"exited {os.WEXITSTATUS(ended)}"


def call_32_bit():
    """getpid by int 0x80, the 32-bit entry of the kernel."""
    code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()


def call_x32():
    LIBC.syscall(ctypes.c_long(0x40000000 | 39))


def fill(path, file_bytes, files):
    """What stops us from writing: files of a size until it fails; all of them are removed."""
    made = []
    try:
        for number in range(files):
            made.append(f"{path}/fill-{number}")
            with open(made[-1], "wb") as file:
                file.write(b"x" * file_bytes)
    except OSError as error:
        return errno.errorcode[error.errno]
    finally:
        for name in made:
            if os.path.exists(name):
                os.unlink(name)
    return "done"


def everything_empty(pattern):
    """Whether all that a pattern finds is empty, or cannot be read."""
    for path in glob.glob(pattern):
        try:
            content = os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1)
        except OSError:
            continue
        if content:
            return path
    return "empty"


def processes():
    return ",".join(sorted(name for name in os.listdir("/proc") if name.isdigit()))


def cgroup_paths():
    with open("/proc/self/cgroup", encoding="ascii") as file:
        return ",".join(sorted({line.strip().split(":", 2)[2] for line in file}))


def interfaces():
    return ",".join(name for _, name in socket.if_nameindex())


def descriptors():
    """Open descriptors and what they are, without the one that lists them."""
    found = []
    for name in sorted(os.listdir("/proc/self/fd"), key=int):
        try:
            found.append(name + " " + os.readlink(f"/proc/self/fd/{name}").partition(":")[0])
        except FileNotFoundError:
            pass  # the list's own
    return ", ".join(found)


def setuid_files():
    found = []
    for folder, _, names in os.walk("/"):
        if folder.startswith("/proc"):
            continue
        for name in names:
            mode = os.lstat(os.path.join(folder, name)).st_mode
            if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                found.append(name)
    return ",".join(found) or "none"


def writable_folders():
    found = set()
    for folder, _, _ in os.walk("/"):
        if folder.startswith("/proc") or not os.access(folder, os.W_OK, effective_ids=True):
            continue
        found.add(folder)
    return ",".join(sorted(found))


def abstract_sockets():
    with open("/proc/self/net/unix", encoding="ascii") as file:
        return ",".join(line.split()[7] for line in file.readlines()[1:] if len(line.split()) > 7) or "none"


def links_outside():
    """Links of /proc that would lead to something outside the root."""
    found = []
    for link in glob.glob("/proc/[0-9]*/root") + glob.glob("/proc/[0-9]*/cwd"):
        if os.readlink(link) not in ("/", "/var/task"):
            found.append(link)
    return ",".join(found) or "none"


ATTEMPTS = {
    # identity
    "capabilities": lambda: ",".join(sorted({status("Cap" + name) for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")})),
    "no new privileges": lambda: status("NoNewPrivs"),
    "seccomp mode": lambda: status("Seccomp"),
    "root's uid": lambda: "root" if 0 in os.getresuid() + os.getresgid() or os.getgroups() else "nobody",
    "become root": lambda: outcome(os.setuid, 0),
    "setuid files": setuid_files,
    "unshare user namespace": lambda: call("unshare", CLONE_NEWUSER),
    "unshare mount namespace": lambda: call("unshare", CLONE_NEWNS),
    "clone user namespace": lambda: call("clone", CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0),
    "clone3": lambda: call("clone3", 0, 0),
    "setns": lambda: call("setns", 3, CLONE_NEWNET),
    "cgroup paths": cgroup_paths,
    "host name": socket.gethostname,
    "set host name": lambda: call("sethostname", b"x", 1),
    "processes": processes,
    # files
    "chroot": lambda: call("chroot", b"/tmp"),
    "pivot_root": lambda: call("pivot_root", b"/", b"/"),
    "mknod character device": lambda: outcome(os.mknod, "/tmp/null", 0o666 | stat.S_IFCHR, os.makedev(1, 3)),
    "mknod block device": lambda: outcome(os.mknod, "/tmp/disk", 0o666 | stat.S_IFBLK, os.makedev(254, 0)),
    "mkfifo": lambda: outcome(lambda: (os.mkfifo("/tmp/fifo"), os.unlink("/tmp/fifo")) and None),
    "devices": lambda: ",".join(sorted(os.listdir("/dev"))),
    "mount": lambda: call("mount", b"tmpfs", b"/tmp", b"tmpfs", 6, 0),
    "bind mount": lambda: call("mount", b"/dev/null", b"/proc/stat", 0, MS_BIND, 0),
    "remount root": lambda: call("mount", 0, b"/", 0, MS_REMOUNT | MS_BIND, 0),
    "unmount a mask": lambda: call("umount2", b"/proc/stat", 2),
    "unmount proc": lambda: call("umount2", b"/proc", 2),
    "open_tree": lambda: call("open_tree", -100, b"/", 1),
    "move_mount": lambda: call("move_mount", -100, b"/tmp", -100, b"/proc", 0),
    "fsopen": lambda: call("fsopen", b"tmpfs", 0),
    "fsmount": lambda: call("fsmount", 0, 0, 0),
    "mount_setattr": lambda: call("mount_setattr", -100, b"/", 0, 0, 0),
    "open_by_handle_at": lambda: call("open_by_handle_at", 3, 0, 0),
    "name_to_handle_at": lambda: call("name_to_handle_at", -100, b"/", 0, 0, 0),
    "write to the root": lambda: outcome(open_and_close, "/written", os.O_CREAT | os.O_WRONLY),
    "write to the code": lambda: outcome(open_and_close, "/var/task/written", os.O_CREAT | os.O_WRONLY),
    "write to a program": lambda: outcome(open_and_close, "/usr/bin/python3.11", os.O_WRONLY),
    "write to its own program": lambda: outcome(open_and_close, "/proc/self/exe", os.O_WRONLY),
    "change a program's mode": lambda: outcome(os.chmod, "/usr/bin/python3.11", 0o777),
    "change a device's times": lambda: outcome(os.utime, "/dev/null"),
    "writable folders": writable_folders,
    "fill tmp": lambda: fill("/tmp", 1 << 20, 64),
    "fill tmp with files": lambda: fill("/tmp", 0, 20_000),
    "fill shm with files": lambda: fill("/dev/shm", 0, 20_000),
    "watch shared files": lambda: call("inotify_add_watch", 0, b"/usr/lib/python3.11", 0xFFF),
    "watch a shared folder": lambda: control("/usr/lib", F_NOTIFY, 1),
    "lease a shared file": lambda: control("/usr/bin/python3.11", F_SETLEASE, 0),
    "links outside": links_outside,
    "work in": os.getcwd,
    # kernel
    "write core_pattern": lambda: outcome(open_and_close, "/proc/sys/kernel/core_pattern", os.O_WRONLY),
    "write sysrq-trigger": lambda: outcome(open_and_close, "/proc/sysrq-trigger", os.O_WRONLY),
    "write modprobe": lambda: outcome(open_and_close, "/proc/sys/kernel/modprobe", os.O_WRONLY),
    "write binfmt_misc": lambda: outcome(open_and_close, "/proc/sys/fs/binfmt_misc/register", os.O_WRONLY),
    "write uevent_helper": lambda: outcome(open_and_close, "/sys/kernel/uevent_helper", os.O_WRONLY),
    "write oom_score_adj": lambda: outcome(open_and_close, "/proc/self/oom_score_adj", os.O_WRONLY),
    "write own memory": lambda: outcome(open_and_close, "/proc/self/mem", os.O_WRONLY),
    "write pressure trigger": lambda: outcome(open_and_close, "/proc/pressure/cpu", os.O_RDWR),
    "read kcore": lambda: outcome(open_and_close, "/proc/kcore"),
    "read kmsg": lambda: outcome(open_and_close, "/proc/kmsg"),
    "the machine in proc": lambda: machine_shown(),
    "names in proc": lambda: machine_listed(),
    "read the machine": lambda: machine_read(),
    "write the machine": lambda: outcome(open_and_close, "/proc/meminfo", os.O_WRONLY),
    "read kernel symbols": lambda: outcome(open_and_close, "/proc/kallsyms"),
    "show all of proc": lambda: call("mount", 0, b"/proc", 0, MS_REMOUNT | 14, b"subset="),
    "sysfs": lambda: everything_empty("/sys/*"),
    "sandbox's own sysctl": lambda: outcome(open_and_close, "/proc/sys/kernel/hostname", os.O_WRONLY),
    "mount a cgroup hierarchy": lambda: call("mount", b"cgroup", b"/tmp", b"cgroup", 6, b"memory"),
    "cgroup files": lambda: everything_empty("/sys/fs/cgroup/*"),
    "bpf": lambda: call("bpf", 0, 0, 0),
    "perf_event_open": lambda: call("perf_event_open", 0, 0, 0, 0, 0),
    "userfaultfd": lambda: call("userfaultfd", 0),
    "io_uring_setup": lambda: call("io_uring_setup", 1, 0),
    "keyctl": lambda: call("keyctl", 0, 0),
    "add_key": lambda: call("add_key", 0, 0, 0, 0, 0),
    "request_key": lambda: call("request_key", 0, 0, 0, 0),
    "kexec_load": lambda: call("kexec_load", 0, 0, 0, 0),
    "init_module": lambda: call("init_module", 0, 0, 0),
    "finit_module": lambda: call("finit_module", 0, 0, 0),
    "delete_module": lambda: call("delete_module", 0, 0),
    "ptrace": lambda: call("ptrace", 16, 1, 0, 0),
    "process_vm_readv": lambda: call("process_vm_readv", 1, 0, 0, 0, 0, 0),
    "process_vm_writev": lambda: call("process_vm_writev", 1, 0, 0, 0, 0, 0),
    "pidfd_getfd": lambda: call("pidfd_getfd", 3, 3, 0),
    "kcmp": lambda: call("kcmp", 1, 1, 0, 0, 0),
    "seccomp": lambda: call("seccomp", SECCOMP_SET_MODE_FILTER, 0, 0),
    "prctl seccomp": lambda: call("prctl", PR_SET_SECCOMP, 2, 0, 0, 0),
    "prctl mm": lambda: call("prctl", PR_SET_MM, 1, 0, 0, 0),
    "personality": lambda: call("personality", 0x0040000),
    "syslog": lambda: call("syslog", 3, 0, 0),
    "reboot": lambda: call("reboot", 0, 0, 0, 0),
    "swapon": lambda: call("swapon", b"/tmp/swap", 0),
    "settimeofday": lambda: call("settimeofday", 0, 0),
    "fanotify_init": lambda: call("fanotify_init", 0, 0),
    "quotactl": lambda: call("quotactl", 0, 0, 0, 0),
    "acct": lambda: call("acct", 0),
    "mq_open": lambda: call("mq_open", b"queue", 0o102, 0o600, 0),
    "iopl": lambda: call("iopl", 3) if X86 else "EPERM",
    "fake terminal input": lambda: call("ioctl", 1, TIOCSTI, b"x"),
    "terminal control": lambda: call("ioctl", 1, TIOCLINUX, b"x"),
    "32-bit call": lambda: in_child(call_32_bit) if X86 else "SIGSYS",
    "x32 call": lambda: in_child(call_x32) if X86 else "SIGSYS",
    "packet socket": lambda: outcome(new_socket, 17, socket.SOCK_RAW),
    "vsock": lambda: outcome(new_socket, 40, socket.SOCK_STREAM),
    "alg socket": lambda: outcome(new_socket, 38, socket.SOCK_SEQPACKET),
    "raw socket": lambda: outcome(new_socket, socket.AF_INET, socket.SOCK_RAW, 1),
    "ping socket": lambda: outcome(new_socket, socket.AF_INET, socket.SOCK_DGRAM, 1),
    "sctp socket": lambda: outcome(new_socket, socket.AF_INET, socket.SOCK_STREAM, 132),
    "netlink audit": lambda: outcome(new_socket, socket.AF_NETLINK, socket.SOCK_RAW, 9),
    "netlink netfilter": lambda: outcome(new_socket, socket.AF_NETLINK, socket.SOCK_RAW, 12),
    # descriptors and the launcher
    "descriptors": descriptors,
    "abstract sockets": abstract_sockets,
    "signal everybody": lambda: outcome(os.kill, -1, 0),
    "core limit": lambda: resource.getrlimit(resource.RLIMIT_CORE),
    # network
    "interfaces": interfaces,
    "metadata service": lambda: outcome(connect, socket.AF_INET, ("169.254.169.254", 80)),
    "an address outside": lambda: outcome(connect, socket.AF_INET, ("192.0.2.1", 80)),
    "an IPv6 address outside": lambda: outcome(connect, socket.AF_INET6, ("2001:db8::1", 80)),
}

# What kernels have in /proc about the whole machine, beside what a sandbox is shown of it.
MACHINE = (
    "acpi asound buddyinfo bus cgroups cmdline config.gz consoles cpuinfo crypto devices diskstats dma driver "
    "dynamic_debug execdomains fb filesystems fs interrupts iomem ioports irq kallsyms kcore key-users keys kmsg "
    "kpagecgroup kpagecount kpageflags latency_stats loadavg locks mdstat meminfo misc modules mounts mtrr net "
    "pagetypeinfo partitions pressure sched_debug schedstat scsi slabinfo softirqs stat swaps sys sysrq-trigger sysvipc "
    "timer_list tty uptime version vmallocinfo vmstat zoneinfo"
)


def machine_shown():
    return ",".join(name for name in MACHINE.split() if os.path.lexists(f"/proc/{name}"))


def machine_listed():
    """Names in /proc that are no process."""
    return ",".join(sorted(name for name in os.listdir("/proc") if not name.isdigit()))


def machine_read():
    """What programs ask for the number of processors and the memory, where it can be read."""
    found = []
    for name in ("cpuinfo", "meminfo", "stat", "sys/kernel/pid_max"):
        with open(f"/proc/{name}", encoding="ascii") as file:
            if file.read().strip():
                found.append(name)
    return ",".join(found)


def draw():
    return [random.random(), str(uuid.uuid4()), ssl.RAND_bytes(16).hex(), secrets.token_hex(16)]


def handler(event, context):
    """`event`: an attempt's name, "names" for all of them, "draw" for random numbers, or a port to connect to."""
    if event == "names":
        return sorted(ATTEMPTS)
    if event == "draw":
        return draw()
    if isinstance(event, int):
        return outcome(connect, socket.AF_INET, ("127.0.0.1", event))
    return str(ATTEMPTS[event]())
