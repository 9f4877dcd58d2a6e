#define _GNU_SOURCE
#include "filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filters.inc" /* zygote_filter, sandbox_filter and service_filter, made from ../seccomp/profile.txt */

#define LENGTH(filter) (sizeof(filter) / sizeof *(filter))

/* By the system call: what prctl(PR_SET_SECCOMP) does, the large filter refuses. No flags: whether a filtered process
 * gets mitigations against speculation is the host's policy, and stays so. */
static int install(const struct sock_filter *instructions, unsigned short length)
{
    const struct sock_fprog program = {.len = length, .filter = (struct sock_filter *)instructions};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 0 : -errno;
}

int filter_install_zygote(void)
{
    return install(zygote_filter, LENGTH(zygote_filter));
}

int filter_install_sandbox(void)
{
    return install(sandbox_filter, LENGTH(sandbox_filter));
}

int filter_install_service(void)
{
    return install(service_filter, LENGTH(service_filter));
}
