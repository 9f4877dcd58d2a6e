/*
 * compile PROFILE: prints the filters of profile.txt as C arrays, for every architecture that Kiln runs on. A tool of
 * the build: nothing of it, nor of libseccomp, is in what runs.
 */
#define _GNU_SOURCE
#include <asm/ioctls.h>
#include <ctype.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_TESTS 4
#define MAX_INSTRUCTIONS 4096

static const struct architecture {
    const char *name, *macro;
    uint32_t token;
} ARCHITECTURES[] = {
    {"x86_64", "__x86_64__", SCMP_ARCH_X86_64},
    {"aarch64", "__aarch64__", SCMP_ARCH_AARCH64},
};

/* The words that the profile may use for numbers, and the few composed here; the same on both architectures. */
#define WORD(word) {#word, word}
static const struct {
    const char *name;
    uint64_t value;
} WORDS[] = {
    {"SOCK_TYPE", 0xf},
    {"CLONE_NAMESPACES", CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                             CLONE_NEWNET},
    {"MOUNT_PROC", MS_NOSUID | MS_NODEV | MS_NOEXEC},
    {"REMOUNT_PROC", MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_NOEXEC},
    {"MOUNT_TMPFS", MS_NOSUID | MS_NODEV},
    WORD(MS_BIND), WORD(CLONE_NEWNET), WORD(CLONE_NEWCGROUP), WORD(CLONE_NEWNS), WORD(CLONE_NEWUTS),
    WORD(CLONE_NEWIPC), WORD(CLONE_NEWUSER), WORD(CLONE_NEWPID),
    WORD(S_IFMT), WORD(S_IFIFO), WORD(S_IFREG), WORD(S_IFSOCK), WORD(PER_LINUX),
    WORD(AF_UNIX), WORD(AF_INET), WORD(AF_INET6), WORD(AF_NETLINK), WORD(NETLINK_ROUTE),
    WORD(SOCK_STREAM), WORD(SOCK_DGRAM), WORD(IPPROTO_TCP), WORD(IPPROTO_UDP),
    WORD(FIONREAD), WORD(FIONBIO), WORD(FIOCLEX), WORD(FIONCLEX), WORD(FIOASYNC), WORD(FICLONE),
    WORD(TCGETS), WORD(TIOCGWINSZ), WORD(TIOCGPGRP), WORD(TIOCOUTQ), WORD(FS_IOC_GETFLAGS), WORD(SIOCATMARK),
    WORD(SIOCGIFNAME), WORD(SIOCGIFCONF), WORD(SIOCGIFFLAGS), WORD(SIOCGIFADDR), WORD(SIOCGIFDSTADDR),
    WORD(SIOCGIFBRDADDR), WORD(SIOCGIFNETMASK), WORD(SIOCGIFMTU), WORD(SIOCGIFHWADDR), WORD(SIOCGIFINDEX),
    WORD(PR_SET_PDEATHSIG), WORD(PR_GET_PDEATHSIG), WORD(PR_SET_DUMPABLE), WORD(PR_GET_DUMPABLE), WORD(PR_SET_NAME),
    WORD(PR_GET_NAME), WORD(PR_SET_KEEPCAPS), WORD(PR_GET_KEEPCAPS), WORD(PR_CAP_AMBIENT), WORD(PR_CAPBSET_READ),
    WORD(PR_GET_SECUREBITS), WORD(PR_SET_NO_NEW_PRIVS), WORD(PR_GET_NO_NEW_PRIVS), WORD(PR_GET_SECCOMP),
    WORD(PR_SET_TIMERSLACK), WORD(PR_GET_TIMERSLACK), WORD(PR_SET_CHILD_SUBREAPER), WORD(PR_GET_CHILD_SUBREAPER),
    WORD(PR_GET_TID_ADDRESS), WORD(PR_SET_THP_DISABLE), WORD(PR_GET_THP_DISABLE), WORD(PR_SET_VMA),
    WORD(PR_GET_SPECULATION_CTRL), WORD(PR_SET_SPECULATION_CTRL), WORD(PR_SVE_GET_VL), WORD(PR_SVE_SET_VL),
    WORD(PR_PAC_RESET_KEYS), WORD(PR_GET_TAGGED_ADDR_CTRL), WORD(PR_SET_TAGGED_ADDR_CTRL),
};

static const struct {
    const char *name;
    int value;
} ERRORS[] = {{"EPERM", EPERM}, {"ENOSYS", ENOSYS}, {"success", 0}};

static int line_number;

static _Noreturn void fail(const char *what, const char *object)
{
    fprintf(stderr, "profile.txt:%d: %s: %s\n", line_number, what, object);
    exit(1);
}

static uint32_t number(const char *word)
{
    char *end;
    uint64_t value = strtoull(word, &end, 0);
    if (*word != '\0' && *end == '\0')
        return (uint32_t)value;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strcmp(WORDS[i].name, word) == 0)
            return (uint32_t)WORDS[i].value;
    }
    fail("unknown number", word);
}

static uint32_t action(const char *word)
{
    if (strcmp(word, "allow") == 0)
        return SCMP_ACT_ALLOW;
    for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++) {
        if (strcmp(ERRORS[i].name, word) == 0)
            return SCMP_ACT_ERRNO((unsigned)ERRORS[i].value);
    }
    fail("unknown action", word);
}

static int call_number(const char *name)
{
    int call = seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR)
        fail("unknown system call", name);
    return call;
}

/* "0 & 0xf == 2" or "0 == 2". */
static struct scmp_arg_cmp test(char *text)
{
    char value[64], mask[64] = "0xffffffff";
    unsigned argument;
    if (sscanf(text, " %u & %63s == %63s", &argument, mask, value) != 3 &&
        sscanf(text, " %u == %63s", &argument, value) != 2)
        fail("not a test", text);
    return SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, number(mask), number(value));
}

/* "name" or "name(test, test)". */
static void add_rule(scmp_filter_ctx filter, uint32_t act, char *rule)
{
    struct scmp_arg_cmp tests[MAX_TESTS];
    unsigned count = 0;
    char *parenthesis = strchr(rule, '(');
    if (parenthesis != NULL) {
        *parenthesis = '\0';
        char *rest = parenthesis + 1, *text;
        rest[strcspn(rest, ")")] = '\0';
        while ((text = strsep(&rest, ",")) != NULL) {
            if (count == MAX_TESTS)
                fail("too many tests", rule);
            tests[count++] = test(text);
        }
    }
    int call = call_number(rule);
    int result = seccomp_rule_add_array(filter, act, call, count, tests);
    if (result != 0 && result != -EDOM) /* -EDOM: this architecture lacks the call */
        fail(strerror(-result), rule);
}

/* Rules are separated by spaces outside parentheses. */
static char *next_rule(char **rest)
{
    char *start = *rest + strspn(*rest, " ");
    int depth = 0;
    if (*start == '\0')
        return NULL;
    char *end = start;
    for (; *end != '\0' && (depth > 0 || *end != ' '); end++)
        depth += (*end == '(') - (*end == ')');
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return start;
}

static scmp_filter_ctx open_filter(const char *act, const struct architecture *architecture)
{
    scmp_filter_ctx filter = seccomp_init(action(act));
    int result = 0;
    if (architecture->token != seccomp_arch_native()) {
        result = seccomp_arch_add(filter, architecture->token);
        result = result == 0 ? seccomp_arch_remove(filter, SCMP_ARCH_NATIVE) : result;
    }
    if (result == 0)
        result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (result == 0)
        result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree, not a list */
    if (filter == NULL || result != 0)
        fail("libseccomp refuses the filter", architecture->name);
    return filter;
}

static void print_instruction(const struct sock_filter *instruction)
{
    printf("    {0x%02x, %u, %u, 0x%08x},\n", instruction->code, instruction->jt, instruction->jf, instruction->k);
}

/* In front of libseccomp's program: calls newer than the profile. Numbers from 0x40000000 are x32's, left to it. */
static void print_newest(const struct architecture *architecture, uint32_t newest)
{
    const struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture->token, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, newest, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    };
    for (size_t i = 0; i < sizeof program / sizeof *program; i++)
        print_instruction(&program[i]);
}

static void print_filter(scmp_filter_ctx filter, const char *name, const struct architecture *architecture,
                         int newest)
{
    static struct sock_filter program[MAX_INSTRUCTIONS];
    FILE *exported = tmpfile();
    if (exported == NULL || seccomp_export_bpf(filter, fileno(exported)) != 0)
        fail("cannot export", name);
    rewind(exported);
    size_t count = fread(program, sizeof *program, MAX_INSTRUCTIONS, exported);
    fclose(exported);
    if (count == 0 || count == MAX_INSTRUCTIONS)
        fail("no program, or too long a one", name);
    printf("static const struct sock_filter %s_filter[] = {\n", name);
    if (newest >= 0)
        print_newest(architecture, (uint32_t)newest);
    for (size_t i = 0; i < count; i++)
        print_instruction(&program[i]);
    printf("};\n");
    seccomp_release(filter);
}

/* The filter being read. */
struct reading {
    const struct architecture *architecture;
    scmp_filter_ctx filter;
    char name[32];
    int newest;
};

static void finish(struct reading *reading)
{
    if (reading->filter != NULL)
        print_filter(reading->filter, reading->name, reading->architecture, reading->newest);
    reading->filter = NULL;
    reading->newest = -1;
}

static void read_line(struct reading *reading, char *line)
{
    char word[64], act[32];
    line[strcspn(line, "#\n")] = '\0';
    if (line[strspn(line, " ")] == '\0')
        return;
    if (sscanf(line, "filter %31s %31s", word, act) == 2) {
        finish(reading);
        strcpy(reading->name, word);
        reading->filter = open_filter(act, reading->architecture);
        return;
    }
    if (reading->filter == NULL)
        fail("before any filter", line);
    if (sscanf(line, "newest %63s", word) == 1) {
        reading->newest = seccomp_syscall_resolve_name_arch(reading->architecture->token, word);
        return;
    }
    char *rest = strchr(line, ':'), *rule;
    if (rest == NULL || sscanf(line, "%31[a-zA-Z]", act) != 1)
        fail("not understood", line);
    rest++;
    while ((rule = next_rule(&rest)) != NULL)
        add_rule(reading->filter, action(act), rule);
}

static void compile(FILE *profile, const struct architecture *architecture)
{
    char line[512];
    struct reading reading = {.architecture = architecture, .newest = -1};
    printf("#ifdef %s\n", architecture->macro);
    rewind(profile);
    for (line_number = 1; fgets(line, sizeof line, profile) != NULL; line_number++)
        read_line(&reading, line);
    finish(&reading);
    printf("#endif\n");
}

int main(int count, char **arguments)
{
    FILE *profile = count == 2 ? fopen(arguments[1], "r") : NULL;
    if (profile == NULL) {
        fprintf(stderr, "usage: compile PROFILE\n");
        return 2;
    }
    printf("/* Made by compile.c from profile.txt. */\n");
    for (size_t i = 0; i < sizeof ARCHITECTURES / sizeof *ARCHITECTURES; i++)
        compile(profile, &ARCHITECTURES[i]);
    return fclose(profile) == 0 && fflush(stdout) == 0 ? 0 : 1;
}
