/*
 * Zygotes: trusted, single-threaded processes that fork sandboxes and never see a byte of a function. The base zygote
 * is PID 1 of the PID namespace that all of Kiln's sandboxes live in and starts one zygote per runtime; when it dies,
 * the kernel ends them all.
 */
#ifndef KILN_ZYGOTE_H
#define KILN_ZYGOTE_H

#include "enter.h"

/* The program, in a runtime's image, that becomes its zygote: it is executed as root of the image's own mount
 * namespace with ZYGOTE_SOCKET, does what is worth doing once, and calls zygote_serve. */
#define ZYGOTE_PROGRAM "/opt/kiln/zygote"

/* The base zygote's life, in the child that the launcher cloned with CLONE_NEWPID and in which only the standard
 * descriptors and ZYGOTE_SOCKET are open. Answers ZYGOTE_READY, then ZYGOTE_START. Ends, status 0, when the launcher
 * closes its end. */
_Noreturn void kiln_base_zygote(void);

/* The life of a runtime's zygote: gives up what forking does not need, installs the large filter, answers
 * ZYGOTE_READY and then each ZYGOTE_SPAWN. Returns in each child, when it has entered its sandbox; never in the
 * zygote, which ends when the launcher closes its end. */
void kiln_zygote_serve(struct enter *enter);

#endif
