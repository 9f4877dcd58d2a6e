/* Processes of the launcher's: born with a pidfd, with nothing inherited that was not named, dead when it is. */
#ifndef KILN_PROCESS_H
#define KILN_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* The monotonic clock; every deadline of the launcher's is one of its microseconds. */
int64_t now_micros(void);

/* Asks the scheduler for short time slices, for this process and all that it starts: what wakes with a short slice
 * runs at once, and does not wait for milliseconds until whoever runs has used up a long one. Nobody's share of the
 * processors changes. Linux 6.12 and newer; others ignore it. */
int process_shorten_slices(void);

/* Clones as fork does, with `flags` (CLONE_NEW...) besides, and stores the child's pidfd. In the child (0 is
 * returned) every signal has its default action, none is blocked, and it leads a session of its own: Ctrl-C at the
 * terminal that Kiln was started from is for the launcher, which ends the others in order, and no service can push input into that shell. -1 and errno upon failure. */
pid_t process_clone(uint64_t flags, int *pidfd);

/* Makes `kept[i]` descriptor 3 + i and closes every other one above 2. For children, which have nothing else open
 * that they need. */
int process_keep_descriptors(const int *kept, int count);

/* The kernel kills this process when its parent dies. The pidfd of the parent tells whether it already has, which
 * getppid cannot from another PID namespace. To be called after the last change of credentials, which clears it. */
int process_die_with(int parent_pidfd);

/* 1 and the wait status once the child has exited (it is reaped then), 0 while it runs, or a negative errno. */
int process_reap(int pidfd, int *status);

/* Sends the signal, waits at most `micros` for the exit, reaps. 0, or a negative errno (-ETIMEDOUT). */
int process_end(int pidfd, int signal, int64_t micros, int *status);

#endif
