#define _GNU_SOURCE
#include "describe.h"

#include <stddef.h>
#include <stdio.h>

#include "cgroup.h"
#include "launcher.h"

#ifndef KILN_BUILD
#error "KILN_BUILD is the SHA-256 of messages.h as a list of bytes; the Makefile defines it"
#endif

#define CONSTANT(name) printf("constant %s %lu\n", #name, (unsigned long)(name))
#define OPERATION(name) printf("operation %s %d\n", #name, (int)(name))
#define STEP(name, text) printf("step %s %d %s\n", #name, (int)KILN_STEP_##name, text);
#define STRUCT(type) printf("struct %s %zu\n", #type, sizeof(struct type))
#define FIELD(type, name) \
    printf("field %s %s %zu %zu\n", #type, #name, offsetof(struct type, name), sizeof(((struct type *)0)->name))

static const uint8_t build[KILN_BUILD_BYTES] = {KILN_BUILD};

const uint8_t *build_digest(void)
{
    return build;
}

static void describe_constants(void)
{
    printf("build ");
    for (int i = 0; i < KILN_BUILD_BYTES; i++)
        printf("%02x", build[i]);
    printf("\n");
    CONSTANT(KILN_PROTOCOL);
    CONSTANT(KILN_BUILD_BYTES);
    CONSTANT(KILN_DIGEST_BYTES);
    CONSTANT(KILN_MAX_SOCKETS);
    CONSTANT(KILN_MAX_RUNTIMES);
    CONSTANT(KILN_BASE_ZYGOTE);
    CONSTANT(KILN_NETWORK_NONE);
    CONSTANT(CGROUP_SLOT_PROCESSES);
    CONSTANT(LAUNCHER_CLIENTS);
    OPERATION(KILN_HELLO);
    OPERATION(KILN_SPAWN);
    OPERATION(KILN_ATTACH);
    OPERATION(KILN_SOCKET);
    OPERATION(KILN_KILL);
    OPERATION(KILN_STAT);
    OPERATION(KILN_EXITED);
    OPERATION(KILN_ZYGOTE_DOWN);
    OPERATION(KILN_ZYGOTE_UP);
    KILN_STEPS(STEP)
}

static void describe_requests(void)
{
    STRUCT(kiln_header);
    FIELD(kiln_header, operation);
    FIELD(kiln_header, sequence);
    FIELD(kiln_header, slot);
    FIELD(kiln_header, generation);
    STRUCT(kiln_hello);
    FIELD(kiln_hello, protocol);
    FIELD(kiln_hello, build);
    STRUCT(kiln_spawn);
    FIELD(kiln_spawn, runtime);
    FIELD(kiln_spawn, network);
    STRUCT(kiln_attach);
    FIELD(kiln_attach, tmp_bytes);
    FIELD(kiln_attach, code);
    FIELD(kiln_attach, layers);
    STRUCT(kiln_socket);
    FIELD(kiln_socket, count);
    STRUCT(kiln_request);
    FIELD(kiln_request, header);
    FIELD(kiln_request, hello);
    FIELD(kiln_request, spawn);
    FIELD(kiln_request, attach);
    FIELD(kiln_request, socket);
    FIELD(kiln_request, bytes);
}

static void describe_replies(void)
{
    STRUCT(kiln_welcome);
    FIELD(kiln_welcome, slots);
    FIELD(kiln_welcome, first_uid);
    FIELD(kiln_welcome, runtimes);
    FIELD(kiln_welcome, cgroup_version);
    FIELD(kiln_welcome, landlock_abi);
    STRUCT(kiln_spawned);
    FIELD(kiln_spawned, clone_micros);
    FIELD(kiln_spawned, total_micros);
    STRUCT(kiln_stat);
    FIELD(kiln_stat, memory_bytes);
    FIELD(kiln_stat, memory_peak_bytes);
    FIELD(kiln_stat, cpu_micros);
    FIELD(kiln_stat, processes);
    FIELD(kiln_stat, oom_kills);
    STRUCT(kiln_exited);
    FIELD(kiln_exited, status);
    FIELD(kiln_exited, oom_kills);
    FIELD(kiln_exited, memory_peak_bytes);
    FIELD(kiln_exited, cpu_micros);
    STRUCT(kiln_zygote);
    FIELD(kiln_zygote, runtime);
    FIELD(kiln_zygote, micros);
    STRUCT(kiln_reply);
    FIELD(kiln_reply, header);
    FIELD(kiln_reply, result);
    FIELD(kiln_reply, step);
    FIELD(kiln_reply, welcome);
    FIELD(kiln_reply, spawned);
    FIELD(kiln_reply, stat);
    FIELD(kiln_reply, exited);
    FIELD(kiln_reply, zygote);
    FIELD(kiln_reply, bytes);
}

int describe(void)
{
    describe_constants();
    describe_requests();
    describe_replies();
    return fflush(stdout) == 0 ? 0 : 1;
}
