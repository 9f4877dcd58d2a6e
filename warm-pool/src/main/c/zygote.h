/* Zygotes: trusted, single-threaded processes that fork sandboxes and never see a byte of a function. */
#ifndef KILN_ZYGOTE_H
#define KILN_ZYGOTE_H

#include "messages.h"

/* The base zygote's life, in the child that the launcher cloned with CLONE_NEWPID. Answers ZYGOTE_READY, then
 * ZYGOTE_START. Ends, status 0, when the launcher closes its end. Never returns. */
_Noreturn void kiln_base_zygote(int socket);

#endif
