#define _GNU_SOURCE
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mounts.h"
#include "report.h"

/* The root itself holds directories, links and a few small files only. */
#define ROOT_OPTIONS "size=1m,nr_inodes=4096,mode=0755"
#define DEV_OPTIONS "size=64k,mode=0755"
#define SHM_OPTIONS "size=64m,mode=1777"
#define TMP_OPTIONS "size=1g,mode=1777"

static _Noreturn void plan_full(void)
{
    report("a service's file system has too many mounts: give fewer --bind");
    exit(2);
}

const char *view_text(struct view_plan *plan, const char *format, ...)
{
    char *text = plan->text + plan->text_used;
    size_t left = VIEW_TEXT_BYTES - plan->text_used;
    va_list arguments;
    va_start(arguments, format);
    size_t length = (size_t)vsnprintf(text, left, format, arguments);
    va_end(arguments);
    if (length >= left)
        plan_full();
    plan->text_used += length + 1;
    return text;
}

void view_add(struct view_plan *plan, enum view_kind kind, const char *source, const char *target)
{
    if (plan->count == VIEW_MAX_ENTRIES)
        plan_full();
    plan->entries[plan->count++] = (struct view_entry){.kind = kind, .source = source, .target = target};
}

void view_add_system(struct view_plan *plan, const char *path)
{
    char text[PATH_MAX];
    ssize_t length = readlink(path, text, sizeof text - 1);
    if (length < 0) {
        view_add_optional(plan, path);
        return;
    }
    text[length] = '\0';
    view_add(plan, VIEW_LINK, view_text(plan, "%s", text), path);
}

void view_add_optional(struct view_plan *plan, const char *path)
{
    if (access(path, F_OK) == 0)
        view_add(plan, VIEW_BIND_READ_ONLY, path, path);
}

static void add_devices(struct view_plan *plan)
{
    static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};
    view_add(plan, VIEW_TMPFS, DEV_OPTIONS, "/dev");
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        view_add(plan, VIEW_BIND_DEVICE, devices[i], devices[i]);
    view_add(plan, VIEW_TMPFS, SHM_OPTIONS, "/dev/shm");
    view_add(plan, VIEW_LINK, "/proc/self/fd", "/dev/fd");
    view_add(plan, VIEW_LINK, "/proc/self/fd/0", "/dev/stdin");
    view_add(plan, VIEW_LINK, "/proc/self/fd/1", "/dev/stdout");
    view_add(plan, VIEW_LINK, "/proc/self/fd/2", "/dev/stderr");
}

void view_add_common(struct view_plan *plan)
{
    static const char *const trees[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};
    static const char *const files[] = {"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
                                        "/etc/alternatives", "/etc/localtime", "/etc/passwd",
                                        "/etc/group", "/etc/nsswitch.conf"};
    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++)
        view_add_system(plan, trees[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        view_add_optional(plan, files[i]);
    add_devices(plan);
    view_add(plan, VIEW_PROC, NULL, "/proc");
    view_add(plan, VIEW_TMPFS, TMP_OPTIONS, "/tmp");
}

/* Relative to the stage, which is the current directory. */
static const char *staged(const char *target)
{
    return target + 1;
}

static int make_parents(const char *target)
{
    char path[PATH_MAX];
    for (const char *end = strchr(staged(target), '/'); end != NULL; end = strchr(end + 1, '/')) {
        snprintf(path, sizeof path, "%.*s", (int)(end - staged(target)), staged(target));
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            return report_failure("make directory", path, errno);
    }
    return 0;
}

static int make_place(const char *target, bool is_directory)
{
    if (is_directory)
        return mkdir(staged(target), 0755) != 0 && errno != EEXIST ? report_failure("make", target, errno) : 0;
    int file = open(staged(target), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0 && errno != EISDIR)
        return report_failure("make", target, errno);
    if (file >= 0)
        close(file);
    return 0;
}

static uint64_t attributes_of(enum view_kind kind)
{
    switch (kind) {
    case VIEW_BIND_READ_ONLY:
        return MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    case VIEW_BIND_DEVICE:
        return MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
    default:
        return MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    }
}

static int attach_tree(int tree, const struct view_entry *entry)
{
    struct stat state;
    if (fstat(tree, &state) != 0)
        return report_failure("examine", entry->source, errno);
    int result = make_place(entry->target, S_ISDIR(state.st_mode));
    if (result == 0 && move_mount(tree, "", AT_FDCWD, staged(entry->target), MOVE_MOUNT_F_EMPTY_PATH) != 0)
        return report_failure("mount on", entry->target, errno);
    return result;
}

static int bind_entry(const struct view_entry *entry)
{
    int tree = mounts_clone(AT_FDCWD, entry->source, attributes_of(entry->kind), AT_RECURSIVE);
    if (tree < 0)
        return report_failure("clone the mount of", entry->source, -tree);
    int result = attach_tree(tree, entry);
    close(tree);
    return result;
}

static int write_file(const struct view_entry *entry)
{
    int file = open(staged(entry->target), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    size_t length = strlen(entry->source);
    if (file < 0 || write(file, entry->source, length) != (ssize_t)length)
        return report_failure("write", entry->target, errno);
    close(file);
    return 0;
}

static int mount_file_system(const struct view_entry *entry)
{
    const char *type = entry->kind == VIEW_PROC ? "proc" : "tmpfs";
    unsigned long flags = MS_NOSUID | MS_NODEV | (entry->kind == VIEW_PROC ? MS_NOEXEC : 0);
    int result = make_place(entry->target, true);
    if (result == 0 && mount(type, staged(entry->target), type, flags, entry->source) != 0)
        return report_failure("mount", entry->target, errno);
    return result;
}

static int carry_out(const struct view_entry *entry)
{
    int result = make_parents(entry->target);
    if (result != 0)
        return result;
    switch (entry->kind) {
    case VIEW_BIND_READ_ONLY:
    case VIEW_BIND_WRITABLE:
    case VIEW_BIND_DEVICE:
        return bind_entry(entry);
    case VIEW_LINK:
        return symlink(entry->source, staged(entry->target)) != 0 ? report_failure("link", entry->target, errno) : 0;
    case VIEW_FILE:
        return write_file(entry);
    case VIEW_TMPFS:
    case VIEW_PROC:
        return mount_file_system(entry);
    }
    return -EINVAL;
}

static int enter_stage(void)
{
    int result = mounts_pivot();
    if (result != 0)
        return report_failure("pivot to", "the new root", -result);
    struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
    if (mount_setattr(AT_FDCWD, "/", 0, &read_only, sizeof read_only) != 0)
        return report_failure("make read-only", "/", errno);
    return 0;
}

int view_enter(const struct view_plan *plan)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return report_failure("make private", "/", errno);
    if (mount("tmpfs", VIEW_STAGE, "tmpfs", MS_NOSUID | MS_NODEV, ROOT_OPTIONS) != 0)
        return report_failure("mount tmpfs on", VIEW_STAGE, errno);
    if (chdir(VIEW_STAGE) != 0)
        return report_failure("enter", VIEW_STAGE, errno);
    for (size_t i = 0; i < plan->count; i++) {
        int result = carry_out(&plan->entries[i]);
        if (result != 0)
            return result;
    }
    return enter_stage();
}
