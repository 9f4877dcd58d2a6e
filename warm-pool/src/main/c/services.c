#define _GNU_SOURCE
#include "services.h"

#include <errno.h>
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
#include "launcher.h"
#include "process.h"
#include "report.h"
#include "supervise.h"

#define DRAIN_MICROS 10000000
#define END_MICROS 5000000
#define KILL_MICROS 5000000
#define ANSWERS_BASE_BYTES (1 << 20)
#define ANSWERS_SLOT_BYTES (4 << 10) /* a burst of answers and exits for every slot */
#define MAX_VARIABLES (OPTIONS_MAX_ENVIRONMENT + 8)

/* Redis as Kiln needs it: durable, reachable by its socket only, and for its one user without what administers. */
static const char redis_configuration[] = "port 0\n"
                                          "unixsocket /kiln/run/redis.sock\n"
                                          "unixsocketperm 770\n"
                                          "dir /kiln/redis\n"
                                          "appendonly yes\n"
                                          "appendfsync always\n"
                                          "save \"\"\n"
                                          "maxmemory-policy noeviction\n"
                                          "daemonize no\n"
                                          "logfile \"\"\n"
                                          "loglevel warning\n"
                                          "always-show-logo no\n"
                                          "enable-protected-configs no\n"
                                          "enable-debug-command no\n"
                                          "enable-module-command no\n"
                                          "user default reset on nopass ~* &* +@all -@admin -@dangerous -@scripting\n";

static const char *const service_names[SERVICE_COUNT] = {"gateway", "redis"};

void services_make(struct services *services)
{
    *services = (struct services){.redis_due = INT64_MAX, .gateway_due = INT64_MAX};
    for (int i = 0; i < SERVICE_COUNT; i++)
        services->pidfds[i] = -1;
}

static bool beneath(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

/* The files of /etc that a Java virtual machine reads. */
static void add_java(struct view_plan *view)
{
    static const char *const files[] = {"/etc/ssl",           "/etc/ca-certificates", "/etc/pki",
                                        "/etc/hosts",         "/etc/host.conf",       "/etc/resolv.conf",
                                        "/etc/timezone",      "/etc/java-17-openjdk", "/etc/java-21-openjdk",
                                        "/etc/java-25-openjdk"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        view_add_optional(view, files[i]);
    const char *home = getenv("JAVA_HOME");
    if (home != NULL && home[0] == '/' && !beneath(home, "/usr"))
        view_add_optional(view, home);
}

static void add_cgroups(const struct launcher *launcher, struct view_plan *view)
{
    for (int i = 0; i < cgroups_used(&launcher->cgroups); i++)
        view_add(view, VIEW_BIND_WRITABLE, launcher->cgroups.top_path[i],
                 view_text(view, "/kiln/cgroup/%s", hierarchy_name((enum hierarchy)i)));
}

static void add_of_home(const struct launcher *launcher, struct view_plan *view, enum view_kind kind, const char *name,
                        const char *target)
{
    view_add(view, kind, view_text(view, "%s/%s", launcher->identity.home, name), target);
}

static void plan_gateway_view(const struct launcher *launcher, struct view_plan *view)
{
    view_add_common(view);
    add_java(view);
    add_of_home(launcher, view, VIEW_BIND_WRITABLE, "state", "/kiln/state");
    add_of_home(launcher, view, VIEW_BIND_READ_ONLY, "run", "/kiln/run");
    add_cgroups(launcher, view);
    for (uint32_t i = 0; i < launcher->options.bind_count; i++) {
        const struct option_bind *bind = &launcher->options.binds[i];
        view_add(view, bind->writable ? VIEW_BIND_WRITABLE : VIEW_BIND_READ_ONLY, bind->source, bind->target);
    }
}

/* Nothing of root's own environment but what names the machine's set-up: it may hold secrets. */
static void plan_environment(const struct launcher *launcher, struct view_plan *view, char **environment)
{
    static char fixed[][48] = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8",
                               "KILN_LAUNCHER_FD=3"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        environment[count++] = fixed[i];
    const char *java = getenv("JAVA_HOME");
    if (java != NULL)
        environment[count++] = (char *)view_text(view, "JAVA_HOME=%s", java);
    for (uint32_t i = 0; i < launcher->options.environment_count; i++)
        environment[count++] = launcher->options.environment[i];
    environment[count] = NULL;
}

static int make_gateway_socket(struct launcher *launcher, int *theirs)
{
    int ends[2];
    int bytes = ANSWERS_BASE_BYTES + (int)launcher->slots.count * ANSWERS_SLOT_BYTES;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return report_failure("make socket of", "the gateway", errno);
    launcher->gateway = ends[0];
    *theirs = ends[1];
    for (int i = 0; i < 2; i++)
        if (setsockopt(ends[i], SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) != 0)
            return report_failure("size buffer of", "the gateway's socket", errno);
    return launcher_watch(launcher, launcher->gateway, SOURCE_GATEWAY, 0);
}

static int start(struct launcher *launcher, enum service service, const struct service_plan *plan)
{
    int *pidfd = &launcher->services.pidfds[service];
    int result = service_start(plan, launcher->own_pidfd, pidfd);
    return result == 0 ? launcher_watch(launcher, *pidfd, SOURCE_SERVICE_EXIT, service) : result;
}

int services_start_gateway(struct launcher *launcher)
{
    struct view_plan view = {.count = 0};
    char *environment[MAX_VARIABLES];
    int theirs = -1;
    plan_gateway_view(launcher, &view);
    plan_environment(launcher, &view, environment);
    int result = make_gateway_socket(launcher, &theirs);
    struct service_plan plan = {
        .name = service_names[SERVICE_GATEWAY],
        .uid = identity_gateway(&launcher->identity),
        .keeper_uid = identity_keeper(&launcher->identity),
        .view = &view,
        .descriptor = theirs,
        .directory = launcher->options.directory,
        .command = launcher->options.command,
        .environment = environment,
    };
    if (result == 0)
        result = start(launcher, SERVICE_GATEWAY, &plan);
    if (theirs >= 0)
        close(theirs);
    return result;
}

int services_start_redis(struct launcher *launcher)
{
    static char environment_path[] = "PATH=/usr/bin:/bin";
    static char configuration_path[] = "/kiln/redis.conf";
    char *command[] = {(char *)launcher->options.redis, configuration_path, NULL};
    char *environment[] = {environment_path, NULL};
    struct view_plan view = {.count = 0};
    view_add_common(&view);
    if (!beneath(launcher->options.redis, "/usr"))
        view_add_optional(&view, launcher->options.redis);
    view_add(&view, VIEW_FILE, redis_configuration, configuration_path);
    add_of_home(launcher, &view, VIEW_BIND_WRITABLE, "redis", "/kiln/redis");
    add_of_home(launcher, &view, VIEW_BIND_WRITABLE, "run", "/kiln/run");
    struct service_plan plan = {
        .name = service_names[SERVICE_REDIS],
        .uid = identity_redis(&launcher->identity),
        .keeper_uid = identity_keeper(&launcher->identity),
        .namespaces = CLONE_NEWNET, /* its socket is a path's; it needs no network */
        .view = &view,
        .descriptor = -1,
        .background = true,
        .directory = "/kiln/redis",
        .command = command,
        .environment = environment,
    };
    launcher->services.redis_started_at = now_micros();
    launcher->services.redis_due = INT64_MAX;
    return start(launcher, SERVICE_REDIS, &plan);
}

static void gateway_ended(struct launcher *launcher, int code)
{
    if (!launcher->draining && code != 0)
        report("the gateway ended with status %d", code);
    launcher_end(launcher, launcher->draining ? 0 : code);
}

static void redis_ended(struct launcher *launcher, int code)
{
    struct services *services = &launcher->services;
    int64_t now = now_micros();
    services->redis_due = now + backoff_next(&services->redis_failures, now - services->redis_started_at);
    report("redis ended with status %d and is started again", code);
}

void services_exited(struct launcher *launcher, enum service service)
{
    int status = 0;
    int *pidfd = &launcher->services.pidfds[service];
    if (process_reap(*pidfd, &status) != 1)
        return;
    epoll_ctl(launcher->epoll, EPOLL_CTL_DEL, *pidfd, NULL);
    close(*pidfd);
    *pidfd = -1;
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (service == SERVICE_GATEWAY)
        gateway_ended(launcher, code);
    else
        redis_ended(launcher, code);
}

void services_gateway_hung_up(struct launcher *launcher)
{
    epoll_ctl(launcher->epoll, EPOLL_CTL_DEL, launcher->gateway, NULL);
    launcher->greeted = false;
    runtimes_end(launcher);
    if (launcher->services.gateway_due == INT64_MAX)
        launcher->services.gateway_due = now_micros() + DRAIN_MICROS;
}

void services_drain(struct launcher *launcher)
{
    int gateway = launcher->services.pidfds[SERVICE_GATEWAY];
    if (launcher->draining)
        return;
    launcher->draining = true;
    launcher->services.gateway_due = now_micros() + DRAIN_MICROS;
    if (gateway < 0 || pidfd_send_signal(gateway, SIGTERM, NULL, 0) != 0)
        launcher_end(launcher, 0);
}

int64_t services_due(struct launcher *launcher, int64_t now)
{
    struct services *services = &launcher->services;
    if (services->gateway_due <= now) {
        report("the gateway did not end in time");
        services->gateway_due = INT64_MAX;
        launcher_end(launcher, launcher->draining ? 0 : 1);
    }
    if (services->redis_due <= now && services_start_redis(launcher) != 0)
        services->redis_due = now + backoff_next(&services->redis_failures, 0);
    return services->gateway_due < services->redis_due ? services->gateway_due : services->redis_due;
}

static void end(struct launcher *launcher, enum service service, int signal, int64_t patience)
{
    int status;
    int pidfd = launcher->services.pidfds[service];
    if (pidfd < 0 || process_end(pidfd, signal, patience, &status) == 0)
        return;
    if (process_end(pidfd, SIGKILL, KILL_MICROS, &status) != 0)
        report("%s does not end", service_names[service]);
}

void services_end(struct launcher *launcher)
{
    end(launcher, SERVICE_GATEWAY, SIGKILL, KILL_MICROS);
    end(launcher, SERVICE_REDIS, SIGTERM, END_MICROS);
}
