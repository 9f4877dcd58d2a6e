/*
 * The file system that the gateway and Redis see: a small tmpfs with read-only binds of the system's directories and
 * what each needs besides. The plan is data, made and checked by the launcher; the child carries it out.
 */
#ifndef KILN_VIEW_H
#define KILN_VIEW_H

#include <stddef.h>

#define VIEW_MAX_ENTRIES 96
#define VIEW_TEXT_BYTES 16384

enum view_kind {
    VIEW_BIND_READ_ONLY, /* with everything mounted beneath the source */
    VIEW_BIND_WRITABLE,
    VIEW_BIND_DEVICE,
    VIEW_LINK,   /* source is the link's text */
    VIEW_FILE,   /* source is the file's content */
    VIEW_TMPFS,  /* source is the mount's options */
    VIEW_PROC,
};

struct view_entry {
    enum view_kind kind;
    const char *source;
    const char *target; /* absolute, in the new root; missing parents are made */
};

struct view_plan {
    size_t count;
    struct view_entry entries[VIEW_MAX_ENTRIES];
    size_t text_used;
    char text[VIEW_TEXT_BYTES];
};

/* Composes a string that lives as long as the plan. Like the functions below, it ends the process where the plan is
 * full, which only a command line of root's can cause. */
const char *view_text(struct view_plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The strings are not copied and must outlive the plan. */
void view_add(struct view_plan *plan, enum view_kind kind, const char *source, const char *target);

/* Binds read-only what is there; a symbolic link becomes the same link. */
void view_add_system(struct view_plan *plan, const char *path);

/* Binds the file or directory that the path leads to, where there is one. */
void view_add_optional(struct view_plan *plan, const char *path);

/* /usr and its like, /dev, /proc, /tmp: what any program needs. */
void view_add_common(struct view_plan *plan);

/* In a process with a mount namespace (and PID namespace) of its own: builds the root and makes it this process'.
 * 0, or a negative errno after the failing step has been reported. */
int view_enter(const struct view_plan *plan);

/* Where roots are put together; a directory of root's that must exist. */
#define VIEW_STAGE "/run/kiln/stage"

#endif
