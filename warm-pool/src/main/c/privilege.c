#define _GNU_SOURCE
#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int privilege_bound(uint64_t keep)
{
    /* Asked of the kernel, not of a header: it may know more capabilities than the one we were compiled with. */
    for (int capability = 0; capability < 64; capability++) {
        int held = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
        if (held < 0)
            return errno == EINVAL ? 0 : -errno;
        if (held == 1 && !(keep & PRIVILEGE(capability)) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
            return -errno;
    }
    return 0;
}

int privilege_keep(uint64_t keep)
{
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
        return -errno;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {
        {.effective = (uint32_t)keep, .permitted = (uint32_t)keep},
        {.effective = (uint32_t)(keep >> 32), .permitted = (uint32_t)(keep >> 32)},
    };
    return syscall(SYS_capset, &header, sets) == 0 ? 0 : -errno;
}

int privilege_become(uid_t uid, gid_t gid, uint64_t keep)
{
    /* The system calls themselves: the C library's wrappers signal every thread it believes to exist. */
    if (prctl(PR_SET_KEEPCAPS, keep != PRIVILEGE_NONE, 0, 0, 0) != 0)
        return -errno;
    if (syscall(SYS_setgroups, 0, NULL) != 0)
        return -errno;
    if (syscall(SYS_setresgid, gid, gid, gid) != 0)
        return -errno;
    if (syscall(SYS_setresuid, uid, uid, uid) != 0)
        return -errno;
    if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0)
        return -errno;
    return privilege_keep(keep);
}

int privilege_lock(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : -errno;
}
