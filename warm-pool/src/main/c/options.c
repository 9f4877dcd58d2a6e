#define _GNU_SOURCE
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"


struct rule {
    const char *name;
    /* Takes the value in; NULL, or what is wrong with it. */
    const char *(*take)(struct options *options, char *value);
};

static const char *take_home(struct options *options, char *value)
{
    options->home = value;
    return NULL;
}

static const char *take_slots(struct options *options, char *value)
{
    char *end;
    unsigned long slots = strtoul(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end != '\0' || slots < 1 || slots > OPTIONS_MAX_SLOTS)
        return "a number from 1 to 4096 is wanted";
    options->slots = (uint32_t)slots;
    return NULL;
}

static const char *take_memory(struct options *options, char *value)
{
    char *end;
    errno = 0;
    options->memory_bytes = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end != '\0' || errno != 0 || options->memory_bytes < UINT64_C(64) << 20)
        return "a number of bytes is wanted, at least 64 MiB";
    return NULL;
}

static const char *take_uid_base(struct options *options, char *value)
{
    char *end;
    unsigned long base = strtoul(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end != '\0' || base < 65536 || base > 2000000000)
        return "a user id from 65536 to 2000000000 is wanted";
    options->uid_base = (uint32_t)base;
    return NULL;
}

static const char *take_runtime(struct options *options, char *value)
{
    char *root = strchr(value, '=');
    if (root == NULL || root == value || root[1] != '/')
        return "NAME=/ABSOLUTE/ROOT is wanted";
    if (options->runtime_count == KILN_MAX_RUNTIMES)
        return "there are too many of them";
    *root = '\0';
    options->runtimes[options->runtime_count++] = (struct option_runtime){.name = value, .root = root + 1};
    return NULL;
}

static const char *take_redis(struct options *options, char *value)
{
    options->redis = value;
    return value[0] == '/' ? NULL : "an absolute path is wanted";
}

static const char *take_bind(struct options *options, char *value)
{
    if (options->bind_count == OPTIONS_MAX_BINDS)
        return "there are too many of them";
    struct option_bind bind = {.source = value, .target = value};
    size_t length = strlen(value);
    if (length > 3 && strcmp(value + length - 3, ":rw") == 0) {
        bind.writable = true;
        value[length - 3] = '\0';
    }
    char *target = strchr(value, ':');
    if (target != NULL) {
        *target = '\0';
        bind.target = target + 1;
    }
    if (bind.source[0] != '/' || bind.target[0] != '/' || strstr(bind.target, "..") != NULL)
        return "/SOURCE[:/TARGET][:rw] is wanted";
    options->binds[options->bind_count++] = bind;
    return NULL;
}

static const char *take_environment(struct options *options, char *value)
{
    if (options->environment_count == OPTIONS_MAX_ENVIRONMENT)
        return "there are too many of them";
    if (strchr(value, '=') == NULL || value[0] == '=')
        return "NAME=VALUE is wanted";
    options->environment[options->environment_count++] = value;
    return NULL;
}

static const char *take_directory(struct options *options, char *value)
{
    options->directory = value;
    return value[0] == '/' ? NULL : "an absolute path is wanted";
}

static const struct rule rules[] = {
    {"--home", take_home},         {"--slots", take_slots},         {"--memory", take_memory},
    {"--uid-base", take_uid_base}, {"--runtime", take_runtime},     {"--redis", take_redis},
    {"--bind", take_bind},         {"--env", take_environment},     {"--directory", take_directory},
};

static const struct rule *rule_named(const char *name)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return NULL;
}

static int take(struct options *options, const char *name, char *value)
{
    const struct rule *rule = rule_named(name);
    if (rule == NULL || value == NULL) {
        report(rule == NULL ? "unknown option %s" : "option %s lacks its value", name);
        return -EINVAL;
    }
    const char *fault = rule->take(options, value);
    if (fault == NULL)
        return 0;
    report("option %s %s: %s", name, value, fault);
    return -EINVAL;
}

static int check_complete(const struct options *options)
{
    int result = 0;
    if (options->home == NULL) {
        report("option --home is missing");
        result = -EINVAL;
    }
    if (options->command[0] == NULL) {
        report("the gateway's command is missing: -- COMMAND ARGUMENTS...");
        result = -EINVAL;
    } else if (options->command[0][0] != '/') {
        report("the gateway's command must be an absolute path: %s", options->command[0]);
        result = -EINVAL;
    }
    return result;
}

int options_parse(int count, char **arguments, struct options *options)
{
    *options = (struct options){.slots = OPTIONS_DEFAULT_SLOTS, .directory = "/"};
    int result = 0;
    int i = 1;
    for (; i < count && strcmp(arguments[i], "--") != 0; i += 2)
        if (take(options, arguments[i], i + 1 < count ? arguments[i + 1] : NULL) != 0)
            result = -EINVAL;
    options->command = arguments + (i < count ? i + 1 : count);
    return check_complete(options) != 0 ? -EINVAL : result;
}

void options_usage(void)
{
    report("usage: launcher --home DIR [--slots N] [--memory BYTES] [--uid-base N] [--runtime NAME=ROOT]... "
           "[--redis REDIS-SERVER] [--bind SOURCE[:TARGET][:rw]]... [--env NAME=VALUE]... [--directory DIR] "
           "-- COMMAND ARGUMENTS...  |  launcher --describe  |  launcher --doctor");
}
