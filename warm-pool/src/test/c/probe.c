/*
 * A runtime for the launcher's tests: its zygote forks sandboxes that do what the test tells them, by lines over the
 * frames' socket: "<command> <argument>", answered by "<errno> <text>". It stands for any runtime, without an
 * interpreter's weight; *enter* is the real one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "frames.h"
#include "zygote.h"

#define LINE_BYTES 4096

static void answer(int error, const char *text)
{
    char line[LINE_BYTES];
    int length = snprintf(line, sizeof line, "%d %s\n", error, text);
    if (write(FRAMES_DESCRIPTOR, line, (size_t)length) != length)
        _exit(1);
}

static void read_path(const char *path)
{
    char text[1024] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int error = file < 0 ? errno : 0;
    if (file >= 0) {
        ssize_t length = read(file, text, sizeof text - 1);
        error = length < 0 ? errno : 0;
        text[length < 0 ? 0 : length] = '\0';
        close(file);
    }
    text[strcspn(text, "\n")] = '\0';
    answer(error, text);
}

/* Brings all of a file into the page cache. */
static void read_whole(const char *path)
{
    static char bytes[65536];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : 1;
    while (length > 0)
        length = read(file, bytes, sizeof bytes);
    answer(length < 0 ? errno : 0, "");
}

static void create_path(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    answer(file < 0 ? errno : 0, "");
    if (file >= 0)
        close(file);
}

static void file_system_size(const char *path)
{
    struct statvfs state;
    char text[32] = "";
    int result = statvfs(path, &state);
    if (result == 0)
        snprintf(text, sizeof text, "%llu", (unsigned long long)state.f_blocks * state.f_frsize);
    answer(result == 0 ? 0 : errno, text);
}

static void allocate(const char *mebibytes)
{
    size_t size = strtoul(mebibytes, NULL, 10) << 20;
    char *memory = malloc(size);
    for (size_t i = 0; memory != NULL && i < size; i += 4096)
        memory[i] = 1;
    answer(memory == NULL ? ENOMEM : 0, "");
}

/* Memory that outlives the sandbox: a file in memory of which the gateway is given a descriptor. */
static void leave_memory(const char *mebibytes)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
    char byte = 'm';
    struct iovec bytes = {&byte, 1};
    struct msghdr header = {
        .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    int file = memfd_create("left", 0);
    int result = file < 0 || fallocate(file, 0, 0, strtol(mebibytes, NULL, 10) << 20) != 0 ? errno : 0;
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof file);
    memcpy(CMSG_DATA(rights), &file, sizeof file);
    if (result == 0 && sendmsg(CHANNELS_DESCRIPTOR, &header, 0) != 1)
        result = errno;
    answer(result, "");
}

/* A child that outlives its parent's attention, in a session of its own. */
static void fork_daemon(const char *mebibytes)
{
    pid_t child = fork();
    if (child == 0) {
        signal(SIGTERM, SIG_IGN);
        setsid();
        close(FRAMES_DESCRIPTOR);
        size_t size = strtoul(mebibytes, NULL, 10) << 20;
        char *memory = malloc(size);
        for (size_t i = 0; memory != NULL && i < size; i += 4096)
            memory[i] = 1;
        for (;;)
            pause();
    }
    answer(child < 0 ? errno : 0, "");
}

/* The options of the mount on that path, from the last that was mounted there. */
static void mount_options(const char *path)
{
    char line[LINE_BYTES], point[LINE_BYTES], options[LINE_BYTES], found[LINE_BYTES] = "";
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    while (mounts != NULL && fgets(line, sizeof line, mounts) != NULL)
        if (sscanf(line, "%*s %*s %*s %*s %4095s %4095s", point, options) == 2 && strcmp(point, path) == 0)
            memcpy(found, options, sizeof found);
    if (mounts != NULL)
        fclose(mounts);
    answer(found[0] == '\0' ? ENOENT : 0, found);
}

/* How many sockets there are in its network. */
static void count_sockets(const char *ignored)
{
    char line[256] = "";
    int used = -1;
    FILE *statistics = fopen("/proc/self/net/sockstat", "re");
    (void)ignored;
    if (statistics != NULL && fgets(line, sizeof line, statistics) != NULL)
        sscanf(line, "sockets: used %d", &used);
    if (statistics != NULL)
        fclose(statistics);
    snprintf(line, sizeof line, "%d", used);
    answer(used < 0 ? EIO : 0, line);
}

/* Sends itself bytes over the loopback. */
static void send_to_itself(const char *bytes)
{
    static char data[LINE_BYTES];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int self = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int result = self < 0 || bind(self, (struct sockaddr *)&address, sizeof address) != 0 ||
                         getsockname(self, (struct sockaddr *)&address, &size) != 0 ||
                         sendto(self, data, strtoul(bytes, NULL, 10), 0, (struct sockaddr *)&address, size) < 0
                     ? errno
                     : 0;
    close(self);
    answer(result, "");
}

/* How many bytes have come over its loopback. */
static void count_traffic(const char *ignored)
{
    char line[256];
    unsigned long long received = 0;
    FILE *devices = fopen("/proc/self/net/dev", "re");
    (void)ignored;
    while (devices != NULL && fgets(line, sizeof line, devices) != NULL)
        sscanf(line, " lo: %llu", &received);
    if (devices != NULL)
        fclose(devices);
    snprintf(line, sizeof line, "%llu", received);
    answer(devices == NULL ? EIO : 0, line);
}

static void listen_on(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(port)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
                         listen(listener, 8) != 0
                     ? errno
                     : 0;
    answer(result, "");
}

static const struct {
    const char *name;
    void (*run)(const char *argument);
} commands[] = {
    {"read", read_path},   {"create", create_path}, {"size", file_system_size},
    {"alloc", allocate},   {"daemon", fork_daemon}, {"listen", listen_on},
    {"mount", mount_options}, {"sockets", count_sockets}, {"leave", leave_memory},
    {"send", send_to_itself}, {"traffic", count_traffic},
    {"cache", read_whole},
};

static void obey(char *line)
{
    char *argument = strchr(line, ' ');
    if (argument == NULL)
        argument = line + strlen(line);
    else
        *argument++ = '\0';
    if (strcmp(line, "exit") == 0)
        _exit(atoi(argument));
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, line) == 0) {
            commands[i].run(argument);
            return;
        }
    answer(ENOSYS, line);
}

int main(void)
{
    static struct enter enter;
    char line[LINE_BYTES];
    kiln_zygote_serve(&enter);
    signal(SIGPIPE, SIG_IGN);
    answer(0, "ready");
    for (;;) {
        ssize_t length = read(FRAMES_DESCRIPTOR, line, sizeof line - 1);
        if (length <= 0)
            return 0;
        line[length] = '\0';
        line[strcspn(line, "\n")] = '\0';
        obey(line);
    }
}
