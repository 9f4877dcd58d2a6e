/*
 * Every message that crosses a socket of the launcher, with its size asserted. The Java twin is
 * dev.kiln.launcher.Messages; `launcher --describe` prints this table and a test compares the two.
 *
 * Two conversations: gateway <-> launcher (struct kiln_request, struct kiln_reply) and launcher <-> zygote
 * (struct zygote_request, struct zygote_reply). All are SOCK_SEQPACKET, one fixed-size message a packet, host byte
 * order (both ends are one machine). A packet of another size is an error answered with -EBADMSG (operation and
 * sequence 0, for neither can be known), and so is one that carries descriptors; they are closed.
 */
#ifndef KILN_MESSAGES_H
#define KILN_MESSAGES_H

#include <assert.h>
#include <stdint.h>

#define KILN_PROTOCOL 1
#define KILN_BUILD_BYTES 32
#define KILN_DIGEST_BYTES 32
#define KILN_MAX_SOCKETS 4  /* descriptors that one SOCKET answers at most */
#define KILN_MAX_RUNTIMES 8 /* zygotes that one launcher keeps */
#define KILN_BASE_ZYGOTE UINT32_MAX

enum kiln_operation {
    KILN_HELLO = 1,  /* first message; a protocol or build that differs is refused with -EPROTO */
    KILN_SPAWN = 2,  /* fork a sandbox in a free slot; answers five descriptors, see kiln_spawned */
    KILN_ATTACH = 3, /* mount code (and layers) into a sandbox and size its /tmp; once per sandbox */
    KILN_SOCKET = 4, /* non-blocking AF_INET stream sockets made inside the sandbox's network */
    KILN_KILL = 5,   /* SIGKILL to the sandbox's init; EXITED follows when the slot is clean */
    KILN_STAT = 6,   /* what the sandbox's groups count */
    /* sent by the launcher unasked, sequence 0 */
    KILN_EXITED = 64,      /* the sandbox is gone and its slot verified empty: it may be spawned again */
    KILN_ZYGOTE_DOWN = 65, /* a zygote died; its sandboxes' EXITED follow where they died with it */
    KILN_ZYGOTE_UP = 66,   /* a zygote serves (again) */
};

enum kiln_network {
    KILN_NETWORK_NONE = 0, /* loopback only */
};

/* What failed. The name is what an operator reads: "spawn: mount proc: EPERM". */
#define KILN_STEPS(X)                                   \
    X(NONE, "")                                         \
    X(MESSAGE, "check message")                         \
    X(SLOT, "check slot")                               \
    X(CGROUP_MAKE, "make cgroup")                       \
    X(CGROUP_JOIN, "join cgroup")                       \
    X(CGROUP_NAMESPACE, "unshare cgroup namespace")     \
    X(NETWORK_MAKE, "make network namespace")           \
    X(NETWORK_JOIN, "join network namespace")           \
    X(CHANNELS, "make channels")                        \
    X(ZYGOTE, "ask zygote")                             \
    X(CLONE, "clone sandbox")                           \
    X(SESSION, "start session")                         \
    X(ROOT_MOUNT, "mount root")                         \
    X(ROOT_PIVOT, "pivot root")                         \
    X(PROC_MOUNT, "mount proc")                         \
    X(PROC_MASK, "mask proc")                           \
    X(DEV_MOUNT, "mount dev")                           \
    X(TMP_MOUNT, "mount tmp")                           \
    X(SHM_MOUNT, "mount shm")                           \
    X(HOSTNAME, "set host name")                        \
    X(DESCRIPTORS, "close descriptors")                 \
    X(RLIMITS, "set rlimits")                           \
    X(BOUNDING_SET, "empty bounding set")               \
    X(CREDENTIALS, "change credentials")                \
    X(CAPABILITIES, "clear capabilities")               \
    X(NO_NEW_PRIVILEGES, "set no_new_privs")            \
    X(LANDLOCK, "restrict by landlock")                 \
    X(SECCOMP, "install seccomp filter")                \
    X(DUMPABLE, "become dumpable")                      \
    X(EXECUTE, "execute")                               \
    X(CODE_OPEN, "open code")                           \
    X(CODE_MOUNT, "mount code")                         \
    X(LAYERS_OPEN, "open layers")                       \
    X(LAYERS_MOUNT, "mount layers")                     \
    X(TMP_RESIZE, "resize tmp")                         \
    X(NAMESPACE_ENTER, "enter sandbox's namespace")     \
    X(SOCKET_MAKE, "make socket")                       \
    X(KILL_SEND, "kill sandbox")

#define KILN_STEP_ENUM(name, text) KILN_STEP_##name,
enum kiln_step { KILN_STEPS(KILN_STEP_ENUM) KILN_STEP_COUNT };

/* Every message starts so. `sequence` is the asker's and comes back in the answer. `generation` counts the
 * sandboxes that a slot has held: SPAWN answers it, every later message about that sandbox carries it, and one
 * that does not match the living sandbox is refused with -ESTALE. */
struct kiln_header {
    uint32_t operation;
    uint32_t sequence;
    uint32_t slot;
    uint32_t generation;
};

struct kiln_hello {
    uint32_t protocol;
    uint8_t build[KILN_BUILD_BYTES]; /* SHA-256 of this file: both sides were built from the same messages */
};

struct kiln_spawn {
    uint32_t runtime; /* index of a --runtime of the launcher's command line */
    uint32_t network; /* enum kiln_network */
};

struct kiln_attach {
    uint64_t tmp_bytes;                 /* size limit of /tmp */
    uint8_t code[KILN_DIGEST_BYTES];    /* directory code/<64 lower-case hex> */
    uint8_t layers[KILN_DIGEST_BYTES];  /* directory layers/<hex>; all zero: none */
};

struct kiln_socket {
    uint32_t count; /* 1..KILN_MAX_SOCKETS */
};

struct kiln_request {
    struct kiln_header header;
    union {
        struct kiln_hello hello;
        struct kiln_spawn spawn;
        struct kiln_attach attach;
        struct kiln_socket socket;
        uint8_t bytes[80];
    };
};

struct kiln_welcome { /* answers HELLO */
    uint32_t slots;
    uint32_t first_uid; /* of slot 0 */
    uint32_t runtimes;
    uint32_t cgroup_version; /* 1: hybrid, limits on v1, freezing on v2; 2: unified */
    uint32_t landlock_abi;   /* 0: none */
};

/* Answers SPAWN. Descriptors that come with it, in this order: the init's pidfd; the frames' stream socket; the
 * stream socket over which a sandbox passes descriptors of its forked copies; read ends of stdout and stderr. All
 * but the pidfd are non-blocking at this end, and blocking at the sandbox's. */
struct kiln_spawned {
    uint32_t clone_micros; /* zygote's clone3 */
    uint32_t total_micros; /* launcher: message in to answer out */
};

struct kiln_stat {
    uint64_t memory_bytes;
    uint64_t memory_peak_bytes; /* since the slot's groups were made where the kernel cannot reset it */
    uint64_t cpu_micros;        /* of this sandbox */
    uint32_t processes;
    uint32_t oom_kills; /* of this sandbox */
};

struct kiln_exited {
    int32_t status;     /* as waitpid gives it; -1 where the zygote died with it */
    uint32_t oom_kills; /* of this sandbox */
    uint64_t memory_peak_bytes;
    uint64_t cpu_micros;
};

struct kiln_zygote {
    uint32_t runtime; /* or KILN_BASE_ZYGOTE */
    uint32_t micros;  /* UP: how long it took to start */
};

struct kiln_reply {
    struct kiln_header header;
    int32_t result; /* 0, or a negative errno */
    uint32_t step;  /* enum kiln_step: what failed */
    union {
        struct kiln_welcome welcome;
        struct kiln_spawned spawned;
        struct kiln_stat stat;
        struct kiln_exited exited;
        struct kiln_zygote zygote;
        uint8_t bytes[40];
    };
};

/* Launcher to zygote. START goes to the base zygote only, SPAWN to the runtime's. */
enum zygote_operation {
    ZYGOTE_START = 1, /* base: start a runtime's zygote; descriptors: its socket, its root (O_PATH, opened in the
                         mount namespace in which the base zygote was born), its stderr */
    ZYGOTE_SPAWN = 2, /* descriptors: frames, channels, stdout, stderr, network namespace, v2 group (or of the one
                         tree), then on hybrid hosts the `tasks` files of memory, cpu and pids */
    ZYGOTE_READY = 64,   /* unasked, once: from the base as it starts, from a runtime's zygote on its own socket; with
                            a negative result that zygote ends */
    ZYGOTE_SPAWNED = 65, /* with the pidfd */
    ZYGOTE_EXITED = 66,  /* a child was reaped: a sandbox (slot, generation) or a runtime's zygote (runtime) */
};
#define ZYGOTE_FIXED_DESCRIPTORS 6
#define ZYGOTE_MAX_DESCRIPTORS 9

struct zygote_request {
    uint32_t operation;
    uint32_t runtime;
    uint32_t slot;
    uint32_t generation;
    uint32_t uid; /* and gid */
    uint32_t network;
};

struct zygote_reply {
    uint32_t operation;
    uint32_t runtime;
    uint32_t slot;
    uint32_t generation;
    int32_t result; /* READY, SPAWNED: 0 or negative errno; EXITED: wait status */
    uint32_t step;
    uint32_t clone_micros;
};

static_assert(sizeof(struct kiln_request) == 96, "kiln_request is 96 bytes");
static_assert(sizeof(struct kiln_reply) == 64, "kiln_reply is 64 bytes");
static_assert(sizeof(struct zygote_request) == 24, "zygote_request is 24 bytes");
static_assert(sizeof(struct zygote_reply) == 28, "zygote_reply is 28 bytes");

#endif
